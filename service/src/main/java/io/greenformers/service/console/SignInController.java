package io.greenformers.service.console;

import io.greenformers.service.access.BrowserSessions;
import io.greenformers.service.access.Callers;
import io.greenformers.service.access.SessionCookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.view.RedirectView;

/** Signs browsers in with an API key, and out. */
@Controller
final class SignInController {
  private static final String HOME = "/console/models";

  /** Nothing that could lead to another site. */
  private static final Pattern OWN_PAGE = Pattern.compile("/console(/[A-Za-z0-9:/_.?=&%+-]*)?");

  private final BrowserSessions sessions;
  private final Pages pages;

  SignInController(BrowserSessions sessions, Pages pages) {
    this.sessions = sessions;
    this.pages = pages;
  }

  /**
   * The form.
   *
   * @param then where to go afterwards
   * @param error what was wrong with what was sent; empty where nothing was
   * @param isArrival whether a link of another site led here: no cookie was sent then, so that the
   *     page has to be asked for once more
   */
  record SignInPage(Frame frame, String then, Optional<String> error, boolean isArrival) {
    static SignInPage of(String then, Optional<String> error) {
      Frame frame = new Frame("Sign in", Frame.Tab.NONE, Frame.Visitor.NOBODY);
      return new SignInPage(frame, own(then), error, false);
    }

    /** Instead of a page that nobody may see without signing in. */
    static SignInPage insteadOf(String page, boolean isArrival) {
      SignInPage form = of(page, Optional.empty());
      return new SignInPage(form.frame, form.then, form.error, isArrival);
    }

    private static String own(String then) {
      return OWN_PAGE.matcher(then).matches() ? then : HOME;
    }
  }

  @GetMapping("/console/sign-in")
  View form(@RequestParam(defaultValue = HOME) String then) {
    return Callers.current().isPresent()
        ? new RedirectView(SignInPage.own(then))
        : pages.show("signin", SignInPage.of(then, Optional.empty()));
  }

  @PostMapping("/console/sign-in")
  View signIn(
      @RequestParam(defaultValue = "") String key,
      @RequestParam(defaultValue = HOME) String then,
      HttpServletRequest request,
      HttpServletResponse response) {
    Optional<BrowserSessions.Opened> opened = sessions.open(key);
    if (opened.isEmpty()) {
      return pages.show(
          HttpStatus.UNAUTHORIZED,
          "signin",
          SignInPage.of(
              then, Optional.of("This is no valid key. It may be mistyped, expired or revoked.")));
    }
    Callers.become(opened.get().caller());
    response.addHeader(HttpHeaders.SET_COOKIE, SessionCookie.of(opened.get(), request));
    return new SeeOther(SignInPage.own(then));
  }

  @PostMapping("/console/sign-out")
  View signOut(HttpServletRequest request, HttpServletResponse response) {
    SessionCookie.of(request).ifPresent(sessions::close);
    response.addHeader(HttpHeaders.SET_COOKIE, SessionCookie.none(request));
    return new SeeOther("/console/sign-in");
  }
}
