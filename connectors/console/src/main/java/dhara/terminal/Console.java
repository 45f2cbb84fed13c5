package dhara.terminal;

import java.io.PrintStream;

/**
 * The output of a command: answers on {@code out}, everything else on {@code err}.
 *
 * @param out answers and help
 * @param err errors, progress, the ledger
 * @param terminal which of the two are terminals, and what the terminal can do
 */
public record Console(PrintStream out, PrintStream err, Terminal terminal) {

  /** The console of this process. */
  public static Console ofProcess() {
    return new Console(System.out, System.err, Terminal.ofProcess());
  }

  /** A console without a terminal. */
  public static Console piped(PrintStream out, PrintStream err) {
    return new Console(out, err, Terminal.NONE);
  }

  /** Whether answers go to a terminal, as tables, and not to a program, as JSON lines. */
  public boolean tables() {
    return terminal.out();
  }

  /** Whether answers may be redrawn over those that they replace. */
  public boolean refreshes() {
    return terminal.out() && terminal.redraws();
  }

  /** Whether {@code err} shows a progress line that is redrawn. */
  public boolean live() {
    return terminal.err() && terminal.redraws();
  }

  /** The width for readable output on {@code out}. */
  public int columns() {
    return terminal.columns();
  }

  /** Whether the output on {@code out} may be coloured. */
  public boolean colour() {
    return terminal.out() && terminal.coloured();
  }
}
