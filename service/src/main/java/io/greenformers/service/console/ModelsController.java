package io.greenformers.service.console;

import io.greenformers.service.Tenant;
import io.greenformers.service.access.Caller;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.compression.CompressionSearch;
import io.greenformers.service.compression.Compressions;
import io.greenformers.service.console.ModelPage.Measured;
import io.greenformers.service.console.ModelPage.Prediction;
import io.greenformers.service.console.ModelPage.Sight;
import io.greenformers.service.limit.LimitException;
import io.greenformers.service.model.Model;
import io.greenformers.service.model.ModelException;
import io.greenformers.service.model.ModelInspections;
import io.greenformers.service.model.ModelRepository;
import io.greenformers.service.model.ModelUploads;
import io.greenformers.service.upload.FormFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.View;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models: list, upload, and what was found in one. */
@Controller
@RequestMapping("/console/models")
final class ModelsController {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_MEASURED = 5;

  private final ModelRepository models;
  private final ModelUploads uploads;
  private final ModelInspections inspections;
  private final Compressions compressions;
  private final CompressionRows rows;
  private final Pages pages;

  ModelsController(
      ModelRepository models,
      ModelUploads uploads,
      ModelInspections inspections,
      Compressions compressions,
      CompressionRows rows,
      Pages pages) {
    this.models = models;
    this.uploads = uploads;
    this.inspections = inspections;
    this.compressions = compressions;
    this.rows = rows;
    this.pages = pages;
  }

  /**
   * All models.
   *
   * @param error why an upload was refused; empty where none was
   */
  record ModelsPage(Frame frame, List<Model> models, Pager pager, Optional<String> error) {}

  @GetMapping
  View list(@AuthenticationPrincipal Caller caller, @RequestParam(defaultValue = "1") int page) {
    return pages.show("models", page(caller, page, Optional.empty()));
  }

  private ModelsPage page(Caller caller, int page, Optional<String> error) {
    List<Model> found = models.newest(caller.tenant(), Pager.limit(), Pager.offset(page));
    return new ModelsPage(
        Frame.of("Models", Frame.Tab.MODELS, caller),
        Pager.shown(found),
        Pager.of(page, found, "/console/models"),
        error);
  }

  /** The plain form; scripts send models in pieces instead. */
  @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  View upload(@AuthenticationPrincipal Caller caller, MultipartHttpServletRequest request) {
    try {
      Model model = uploads.add(caller.tenant(), FormFiles.of(request, "files")).model();
      return new SeeOther("/console/models/" + model.id());
    } catch (UploadException | LimitException e) {
      Optional<String> why = Optional.ofNullable(e.getMessage());
      return pages.show(HttpStatus.UNPROCESSABLE_CONTENT, "models", page(caller, 1, why));
    }
  }

  /**
   * A model.
   *
   * @param look given where the page shall wait until all is found that can be
   */
  @GetMapping("/{id}")
  View model(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String look)
      throws InterruptedException {
    Tenant tenant = caller.tenant();
    Model model = models.get(tenant, id);
    Sight sight = sight(tenant, model, look != null);
    Prediction prediction =
        sight instanceof Sight.Read read
            ? prediction(tenant, model, read.sites(), look != null)
            : new Prediction.Unread();
    List<Measured> measured =
        compressions
            .search(tenant, CompressionSearch.ofModel(model.id()), MOST_MEASURED, 0)
            .stream()
            .map(c -> new Measured(rows.of(c), rows.outcome(c)))
            .toList();
    Frame frame = Frame.of(Words.name(model.name()), Frame.Tab.MODELS, caller);
    return pages.show("model", new ModelPage(frame, model, sight, prediction, measured));
  }

  private Sight sight(Tenant tenant, Model model, boolean wait) throws InterruptedException {
    try {
      Optional<Path> kept =
          wait
              ? Optional.of(inspections.inspection(tenant, model))
              : inspections.keptInspection(tenant, model);
      return kept.<Sight>map(file -> new Sight.Read(ModelSites.of(read(file))))
          .orElseGet(Sight.Unread::new);
    } catch (ModelException e) {
      if (e.fault() == ModelException.Fault.REFUSED) {
        return new Sight.Refused(e.code(), reason(e));
      }
      throw e;
    }
  }

  private Prediction prediction(Tenant tenant, Model model, ModelSites sites, boolean wait)
      throws InterruptedException {
    try {
      Optional<Path> kept =
          wait
              ? Optional.of(inspections.prediction(tenant, model))
              : inspections.keptPrediction(tenant, model);
      return kept.<Prediction>map(file -> new Prediction.Read(Spectra.of(read(file), sites)))
          .orElseGet(Prediction.Unread::new);
    } catch (ModelException e) {
      // the rest of the page is of use without it
      return new Prediction.Impossible(reason(e));
    }
  }

  private static String reason(ModelException e) {
    return Words.name(Optional.ofNullable(e.getMessage()).orElse("no reason is known"));
  }

  private static JsonNode read(Path file) {
    return JSON.readTree(file.toFile());
  }
}
