package io.greenformers.service.console;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.view.RedirectView;

/** Leads to the first page. */
@Controller
final class HomeController {

  @GetMapping({"/", "/console"})
  View home() {
    return new RedirectView("/console/models");
  }
}
