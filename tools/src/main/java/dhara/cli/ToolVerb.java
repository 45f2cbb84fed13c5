package dhara.cli;

import dhara.engine.Launcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A verb for one analysis, with options of its own. Its words are data. */
public abstract class ToolVerb implements Verb {

  /**
   * The words of a verb.
   *
   * @param name what the user types before the name of the analysis
   * @param summary what it does, in one line
   * @param description what it does, in its help
   * @param example arguments of the command, shown after the description
   */
  public record Words(String name, String summary, String description, @Nullable String example) {

    /** Without an example. */
    public Words(String name, String summary, String description) {
      this(name, summary, description, null);
    }
  }

  protected final Environment environment;
  private final Words words;
  private final Class<? extends PipelineOptions> options;

  protected ToolVerb(
      Environment environment, Words words, Class<? extends PipelineOptions> options) {
    this.environment = environment;
    this.words = words;
    this.options = options;
  }

  @Override
  public final String name() {
    return words.name;
  }

  @Override
  public final String synopsis() {
    return words.name + " " + ANALYSIS;
  }

  @Override
  public final String summary() {
    return words.summary;
  }

  @Override
  public final Arguments known() {
    return Arguments.ofVerb(words.name, ANALYSIS, options);
  }

  @Override
  public final void help(boolean all) {
    List<String> header = new ArrayList<>(List.of(words.description));
    if (words.example != null) {
      header.add(Launcher.command(environment.engine().name(), words.example));
    }
    environment.console().out().print(known().help(false, Map.of(), header, environment.console()));
  }
}
