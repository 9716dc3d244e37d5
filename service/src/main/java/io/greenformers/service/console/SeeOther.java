package io.greenformers.service.console;

import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.view.RedirectView;

/** Leads on after a form: what the browser shows then can be loaded again without harm. */
final class SeeOther extends RedirectView {
  SeeOther(String place) {
    super(place);
    setStatusCode(HttpStatus.SEE_OTHER);
  }
}
