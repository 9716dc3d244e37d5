package io.greenformers.service.console;

import java.util.List;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Which part of a list a page shows.
 *
 * @param page from 1
 * @param hasNext whether there is more
 * @param href the list's address, search included
 */
record Pager(int page, boolean hasNext, String href) {
  /** How many of a list a page shows. */
  static final int SIZE = 20;

  Pager {
    if (page < 1) {
      throw new IllegalArgumentException("a page: expected 1 or more, found " + page);
    }
  }

  /** How many come before this page. */
  static int offset(int page) {
    return (Math.clamp(page, 1, 100_000) - 1) * SIZE;
  }

  /** One more than a page shows, to see whether there is more. */
  static int limit() {
    return SIZE + 1;
  }

  static Pager of(int page, List<?> found, String href) {
    return new Pager(Math.clamp(page, 1, 100_000), found.size() > SIZE, href);
  }

  /** What this page shows of what was found. */
  static <T> List<T> shown(List<T> found) {
    return found.subList(0, Math.min(SIZE, found.size()));
  }

  boolean isNeeded() {
    return page > 1 || hasNext;
  }

  String previous() {
    return at(page - 1);
  }

  String next() {
    return at(page + 1);
  }

  private String at(int other) {
    return UriComponentsBuilder.fromUriString(href).queryParam("page", other).build().toString();
  }
}
