package dhara.terminal;

import java.io.PrintStream;

/**
 * Where a command speaks: answers on {@code out}, everything else on {@code err}.
 *
 * @param out answers and help
 * @param err errors, progress, the ledger
 * @param terminal which of the two it shows, and what it can do
 */
public record Console(PrintStream out, PrintStream err, Terminal terminal) {

  /** The console of this process. */
  public static Console ofProcess() {
    return new Console(System.out, System.err, Terminal.ofProcess());
  }

  /** A console of which no terminal shows anything. */
  public static Console piped(PrintStream out, PrintStream err) {
    return new Console(out, err, Terminal.NONE);
  }

  /** Whether answers are read on a terminal, as tables, and not by a program, as JSON lines. */
  public boolean tables() {
    return terminal.out();
  }

  /** Whether answers may be drawn again over those that they replace. */
  public boolean refreshes() {
    return terminal.out() && terminal.redraws();
  }

  /** Whether {@code err} has a line that is drawn again and again, with the progress. */
  public boolean live() {
    return terminal.err() && terminal.redraws();
  }

  /** How wide what {@code out} gets may be, if people are to read it. */
  public int columns() {
    return terminal.columns();
  }

  /** Whether what {@code out} gets may be coloured. */
  public boolean colour() {
    return terminal.out() && terminal.coloured();
  }
}
