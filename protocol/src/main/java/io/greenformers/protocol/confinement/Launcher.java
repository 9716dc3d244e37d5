package io.greenformers.protocol.confinement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives rights up and becomes another program: its arguments are those of {@link Confinement}, then
 * {@code --}, then a command. Says on standard error what is in force.
 *
 * <p>Written for a quick start: no streams, lambdas or formats, which the JVM would set up first.
 */
final class Launcher {
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int CLOSE_ON_EXEC = 4;
  private static final int FIRST_FILE = 3;

  private final List<String> readable = new ArrayList<>();
  private final List<String> writable = new ArrayList<>();
  private final List<String> command = new ArrayList<>();
  private final Map<Limit, Long> limits = new EnumMap<>(Limit.class);
  private boolean network;
  private boolean required;

  private Launcher(String[] arguments) {
    int i = 0;
    for (; !arguments[i].equals(Confinement.END); i++) {
      take(arguments[i]);
    }
    command.addAll(List.of(arguments).subList(i + 1, arguments.length));
  }

  public static void main(String[] arguments) {
    Launcher launcher = new Launcher(arguments);
    @Nullable Architecture architecture = Architecture.current();
    if (architecture == null) {
      throw new IllegalStateException("expected Linux on x86-64 or AArch64");
    }
    // never closed: this process is to become another one
    Arena arena = Arena.global();
    SystemCalls system = new SystemCalls(architecture, arena);
    launcher.confine(system, arena);
    launcher.become(system, arena);
  }

  private void take(String argument) {
    int at = argument.indexOf('=');
    String name = at < 0 ? argument : argument.substring(0, at);
    String value = argument.substring(at + 1);
    switch (name) {
      case Confinement.READ -> readable.add(value);
      case Confinement.WRITE -> writable.add(value);
      case Confinement.NETWORK -> network = true;
      case Confinement.REQUIRED -> required = true;
      default -> limits.put(Limit.valueOf(name), Long.valueOf(value));
    }
  }

  private void confine(SystemCalls system, Arena arena) {
    for (Map.Entry<Limit, Long> limit : limits.entrySet()) {
      limit.getKey().set(system, arena, limit.getValue());
    }
    boolean unprivileged = system.call(SystemCall.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0) == 0;
    Landlock landlock = new Landlock(system, arena);
    boolean files = landlock.version() > 0;
    if (files) {
      restrict(landlock);
    }
    boolean calls = unprivileged && CallFilter.install(system, arena, network);
    Capabilities.drop(system, arena);
    System.err.println(statement(landlock.version(), calls));
    if (required && !(files && calls)) {
      throw new IllegalStateException(
          "isolation is required, and this kernel or container can't give all of it: allow Landlock"
              + " and seccomp filters, or set greenformers.engine.isolation to available");
    }
  }

  private String statement(int landlock, boolean calls) {
    return "confined: "
        + (landlock > 0 ? "files by Landlock " + landlock : "NOT files, there is no Landlock")
        + (calls ? ", system calls by seccomp" : ", NOT system calls, there is no seccomp")
        + (network
            ? ", network open for the training's processes"
            : calls ? ", no network" : ", NOT the network")
        + ", resources by limits";
  }

  private void restrict(Landlock landlock) {
    int ruleset = landlock.ruleset(network);
    for (String path : readable) {
      landlock.allow(ruleset, path, Landlock.READ);
    }
    for (String path : writable) {
      landlock.allow(ruleset, path, Landlock.WRITE);
    }
    landlock.restrict(ruleset);
  }

  /** Replaces this process; returns only by an exception. */
  private void become(SystemCalls system, Arena arena) {
    system.call(SystemCall.CLOSE_RANGE, FIRST_FILE, 0xFFFFFFFFL, CLOSE_ON_EXEC, 0);
    List<String> environment = new ArrayList<>();
    for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
      environment.add(variable.getKey() + "=" + variable.getValue());
    }
    long error =
        system.call(
            SystemCall.EXECVE,
            arena.allocateFrom(command.getFirst()).address(),
            strings(arena, command).address(),
            strings(arena, environment).address(),
            0);
    throw new IllegalStateException("execve of " + command.getFirst() + ": error " + -error);
  }

  /** Addresses with a null at the end, as execve(2) wants them. */
  private static MemorySegment strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(strings.get(i)));
    }
    return array;
  }
}
