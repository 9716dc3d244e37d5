package io.greenformers.service.console;

import io.greenformers.service.access.Caller;
import io.greenformers.service.access.Scope;

/**
 * What is around every page.
 *
 * @param title of the page, plain text
 * @param tab where it is
 * @param visitor who reads it
 */
record Frame(String title, Tab tab, Visitor visitor) {

  /** The places that every page leads to. */
  enum Tab {
    MODELS("/console/models", "Models"),
    DATASETS("/console/datasets", "Datasets"),
    COMPRESSIONS("/console/compressions", "Compressions"),
    NONE("", "");

    private final String href;
    private final String text;

    Tab(String href, String text) {
      this.href = href;
      this.text = text;
    }

    String href() {
      return href;
    }

    String text() {
      return text;
    }
  }

  /**
   * Who reads a page.
   *
   * @param tenant whose things are shown; empty where nobody has to sign in, or nobody has
   * @param mayWrite whether forms are of use to them
   */
  record Visitor(String tenant, boolean mayWrite) {
    static final Visitor NOBODY = new Visitor("", false);

    static Visitor of(Caller caller) {
      return new Visitor(
          caller.isLoggedIn() ? caller.tenant().name() : "", caller.may(Scope.WRITE));
    }

    boolean isSignedIn() {
      return !tenant.isEmpty();
    }
  }

  static Frame of(String title, Tab tab, Caller caller) {
    return new Frame(title, tab, Visitor.of(caller));
  }
}
