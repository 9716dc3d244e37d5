package io.greenformers.testing;

import java.util.stream.Stream;

/** What an uploaded model or file may be called to do harm where its name is shown. */
public final class HostileNames {
  private HostileNames() {}

  /** The names. */
  public static Stream<String> all() {
    return Stream.of(
        "<script>document.title='pwned'</script>",
        "</script><script>document.title='pwned'</script>",
        "</style><img src=x onerror=\"document.title='pwned'\">",
        "</title><svg/onload=document.title='pwned'>",
        "\"><iframe srcdoc='<script>parent.document.title=1</script>'>",
        "' onmouseover='document.title=1",
        "<!--<script>--><img src=x onerror=document.title=1>",
        "]]><script>document.title='pwned'</script>",
        "&lt;script&gt;&#x3c;b&#x3e;",
        "javascript:document.title=1",
        "%s%n%1$s%d",
        "$1\\$0",
        "${7*7}{{7*7}}<%= 7*7 %>",
        "[x](javascript:alert(1)) ![x](https://evil.example/x.png)",
        "| a | b |\n|---|---|\n# heading",
        "@someone #1 https://evil.example www.evil.example `code` **bold** ~~no~~",
        "</details></table><a href=x>",
        "=cmd|' /C calc'!A0",
        "a\u001b[2J\u0000\u0007b",
        "left\u202eright\u2066\u200f\u2028line\u2029",
        "\ud800 half",
        "\uffff\ufffe");
  }
}
