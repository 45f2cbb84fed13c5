package dhara.tools.help;

import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.engine.Launcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.beam.sdk.util.ReleaseInfo;

/** Prints the versions. */
public final class VersionVerb implements Verb {

  private final Environment environment;

  public VersionVerb(Environment environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return "--version";
  }

  @Override
  public Set<String> aliases() {
    return Set.of("-V");
  }

  @Override
  public String summary() {
    return "the versions";
  }

  @Override
  public void help(boolean all) {
    environment.console().out().println(Launcher.NAME + " " + synopsis() + ": " + summary());
  }

  @Override
  public boolean changes(List<String> arguments) {
    return false;
  }

  @Override
  public int run(List<String> arguments) {
    environment
        .console()
        .out()
        .println(
            Launcher.NAME
                + " "
                + version()
                + ", Beam "
                + ReleaseInfo.getReleaseInfo().getVersion()
                + ", engine "
                + environment.engine().name());
    return ExitCode.DONE;
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = VersionVerb.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read version.properties", e);
    }
    return properties.getProperty("version");
  }
}
