package io.greenformers.service.console;

import io.greenformers.service.access.Caller;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.dataset.DatasetUploads;
import io.greenformers.service.dataset.Datasets;
import io.greenformers.service.dataset.Datasets.Dataset;
import io.greenformers.service.limit.LimitException;
import io.greenformers.service.upload.FormFiles;
import jakarta.servlet.http.Part;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.View;

/** Datasets and tokenizers: list and upload. */
@Controller
@RequestMapping("/console/datasets")
final class DatasetsController {
  private static final int MOST = 200;

  private final Datasets datasets;
  private final DatasetUploads uploads;
  private final Pages pages;

  DatasetsController(Datasets datasets, DatasetUploads uploads, Pages pages) {
    this.datasets = datasets;
    this.uploads = uploads;
    this.pages = pages;
  }

  /**
   * The newest datasets.
   *
   * @param error why an upload was refused; empty where none was
   */
  record DatasetsPage(Frame frame, List<Dataset> datasets, Optional<String> error) {}

  @GetMapping
  View list(@AuthenticationPrincipal Caller caller) {
    return pages.show("datasets", page(caller, Optional.empty()));
  }

  @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  View upload(@AuthenticationPrincipal Caller caller, MultipartHttpServletRequest request) {
    try {
      List<Part> files = FormFiles.of(request, "files");
      if (files.isEmpty()) {
        return refuse(caller, "Choose a file first.");
      }
      files.forEach(file -> uploads.add(caller.tenant(), file));
      return new SeeOther("/console/datasets");
    } catch (UploadException | LimitException e) {
      return refuse(caller, Optional.ofNullable(e.getMessage()).orElse("It was refused."));
    }
  }

  private View refuse(Caller caller, String why) {
    return pages.show(HttpStatus.UNPROCESSABLE_CONTENT, "datasets", page(caller, Optional.of(why)));
  }

  private DatasetsPage page(Caller caller, Optional<String> error) {
    return new DatasetsPage(
        Frame.of("Datasets", Frame.Tab.DATASETS, caller),
        datasets.newest(caller.tenant(), MOST),
        error);
  }
}
