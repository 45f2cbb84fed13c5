package dhara.tools.run;

import java.util.List;

/**
 * A program that runs an analysis beside other things, and stops it itself: Ctrl-C then ends the
 * analysis only through its host.
 */
public interface RunHost {

  /**
   * The run has been prepared, and begins.
   *
   * @param stop stops it as Ctrl-C would, on any thread, and returns when it is over
   */
  void began(Runnable stop);

  /**
   * The command that resumes the run; empty if the host has lost what it would go on with.
   *
   * @param arguments the analysis and its options, as this run had them, and the option that
   *     resumes it
   */
  String again(List<String> arguments);
}
