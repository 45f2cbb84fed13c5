package dhara.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A part of the report that does not belong to a work; found by {@link java.util.ServiceLoader}.
 */
public interface Section {

  /** Where it stands, after all works. */
  int order();

  /**
   * Its text, Markdown that ends with an empty line; empty if nothing was measured.
   *
   * @param kept the folder with what was measured; charts go there too
   */
  String text(Path kept) throws IOException;
}
