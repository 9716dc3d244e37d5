package io.greenformers.service.console;

import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.service.ServiceException;
import io.greenformers.service.Tenant;
import io.greenformers.service.access.Caller;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.compression.Compressions;
import io.greenformers.service.console.NewCompressionPage.FieldError;
import io.greenformers.service.dataset.DatasetException;
import io.greenformers.service.dataset.DatasetUploads;
import io.greenformers.service.dataset.Datasets;
import io.greenformers.service.limit.LimitException;
import io.greenformers.service.model.ModelException;
import io.greenformers.service.model.ModelRepository;
import io.greenformers.service.upload.FormFiles;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.View;

/** The form of a new compression. */
@Controller
final class NewCompressionController {
  private static final int MOST = 200;

  private final Compressions compressions;
  private final ModelRepository models;
  private final Datasets datasets;
  private final DatasetUploads uploads;
  private final Pages pages;

  NewCompressionController(
      Compressions compressions,
      ModelRepository models,
      Datasets datasets,
      DatasetUploads uploads,
      Pages pages) {
    this.compressions = compressions;
    this.models = models;
    this.datasets = datasets;
    this.uploads = uploads;
    this.pages = pages;
  }

  /**
   * The form, filled in with what is usual.
   *
   * @param size in percent, as the slider of a model's page has it
   */
  @GetMapping("/console/compressions/new")
  View form(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String model,
      @RequestParam(defaultValue = "50") String size) {
    boolean isChoice = size.equals("75") || size.equals("50") || size.equals("25");
    CompressionForm form =
        new CompressionForm(
            model,
            "",
            isChoice ? size : "other",
            isChoice ? "" : size,
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "1, 8",
            "32, 128",
            UUID.randomUUID().toString());
    return pages.show("create", page(caller, form, Optional.empty()));
  }

  @PostMapping(path = "/console/compressions", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  View create(
      @AuthenticationPrincipal Caller caller,
      @ModelAttribute CompressionForm sent,
      MultipartHttpServletRequest request) {
    Tenant tenant = caller.tenant();
    CompressionForm form = sent;
    try {
      form =
          sent.withData(
              stored(tenant, request, "trainFile").orElse(sent.train()),
              stored(tenant, request, "evaluationFile").orElse(sent.evaluation()),
              stored(tenant, request, "tokenizerFile").orElse(sent.tokenizer()));
      return created(tenant, form);
    } catch (InvalidRequestException e) {
      return refuse(caller, form, FieldError.of(e));
    } catch (UploadException | LimitException | ModelException | DatasetException e) {
      return refuse(caller, form, error(e));
    }
  }

  private View created(Tenant tenant, CompressionForm form) {
    Optional<String> once = Optional.of(form.once()).filter(key -> key.matches("[0-9a-f-]{36}"));
    String id = compressions.create(tenant, form.document(), once).id();
    return new SeeOther("/console/compressions/" + id);
  }

  private static FieldError error(ServiceException e) {
    String message = Optional.ofNullable(e.getMessage()).orElse("it cannot be used");
    String field =
        switch (e) {
          case ModelException m -> "model";
          case DatasetException d -> String.valueOf(d.fields().getOrDefault("field", ""));
          default -> "";
        };
    return FieldError.of(field, message);
  }

  /** The id of a dataset that came with the form. */
  private Optional<String> stored(
      Tenant tenant, MultipartHttpServletRequest request, String field) {
    return FormFiles.of(request, field).stream()
        .findFirst()
        .map(file -> uploads.add(tenant, file).id());
  }

  private View refuse(Caller caller, CompressionForm form, FieldError error) {
    return pages.show(
        HttpStatus.UNPROCESSABLE_CONTENT, "create", page(caller, form, Optional.of(error)));
  }

  private NewCompressionPage page(Caller caller, CompressionForm form, Optional<FieldError> error) {
    return new NewCompressionPage(
        Frame.of("New compression", Frame.Tab.COMPRESSIONS, caller),
        form,
        models.newest(caller.tenant(), MOST, 0),
        datasets.newest(caller.tenant(), MOST),
        error);
  }
}
