package dhara.cli;

import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Checks values of options that several verbs have; a bad one is refused by {@link BadOption}. */
public final class Checked {

  private Checked() {}

  /** A share from 0 to 1. */
  public static double share(String option, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new BadOption(option, value, "is no share from 0 to 1, e.g. " + option + "=0.01");
    }
    return value;
  }

  /** A file that can be written, because its folder exists. */
  public static Path file(String option, String value) {
    Path file = Path.of(value).toAbsolutePath();
    if (file.getParent() == null || !Files.isDirectory(file.getParent())) {
      throw new BadOption(option, value, "its folder does not exist; make it first");
    } else if (Files.isDirectory(file)) {
      throw new BadOption(option, value, "is a folder; name a file in it");
    }
    return file;
  }

  /** The input with this name; the first if no name is given. */
  public static Input<?> input(Analysis<?> analysis, @Nullable String name) {
    if (name == null) {
      return analysis.inputs().get(0);
    }
    List<String> names = analysis.inputs().stream().map(Input::name).toList();
    return analysis.inputs().stream()
        .filter(input -> input.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadOption(
                    "--input", name, "is no input of " + analysis.name() + "; it reads " + names));
  }
}
