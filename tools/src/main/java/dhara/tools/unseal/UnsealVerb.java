package dhara.tools.unseal;

import dhara.assembly.KeyReference;
import dhara.cli.Arguments;
import dhara.cli.Checked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.connectors.Endpoint;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.terminal.Console;
import dhara.tokens.Seal;
import dhara.tools.letters.Letters;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Opens dead letters that a run with {@code --tokenise} has sealed. */
public final class UnsealVerb implements Verb {

  private static final String NAME = "unseal";
  private static final String PLACE = "PLACE";
  private static final String OUT = "--out";

  private final Environment environment;

  public UnsealVerb(Environment environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String synopsis() {
    return NAME + " " + PLACE;
  }

  @Override
  public String summary() {
    return "dead letters that --tokenise has sealed, opened with its key";
  }

  @Override
  public Arguments known() {
    return Arguments.ofVerb(NAME, PLACE, UnsealOptions.class);
  }

  @Override
  public void help(boolean all) {
    Console console = environment.console();
    console
        .out()
        .print(
            known()
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Reads the dead letters at a place, which is theirs or that of the answers"
                            + " beside which they are, a folder, a topic or a table, and writes"
                            + " them as JSON lines with their reasons and their original bytes (Base64),"
                            + " which may hold personal data. E.g.",
                        Launcher.command(
                            environment.engine().name(),
                            "unseal files:out/dead-letters --tokeniseKey=file:/etc/dhara/token.key"
                                + " --out=/tmp/opened.jsonl")),
                    console));
  }

  @Override
  public int run(List<String> arguments) throws IOException, InterruptedException {
    Arguments known = known();
    Arguments.Given given = known.parse(arguments, environment.variables());
    if (given.help()) {
      help(false);
      return ExitCode.DONE;
    }
    if (given.places().size() != 1) {
      throw new BadOption(
          NAME,
          null,
          "takes one place of dead letters; write e.g. unseal files:out/dead-letters"
              + " --tokeniseKey=file:/etc/dhara/token.key");
    }
    UnsealOptions options = known.build(UnsealOptions.class, given, List.of());
    Seal seal = Seal.with(KeyReference.of(options.getTokeniseKey()));
    Letters letters = Letters.at(Endpoint.of(PLACE, given.places().get(0)));
    Unsealing unsealing;
    try (OutputStream out = out(options.getOut())) {
      unsealing = new Unsealing(seal, out);
      letters.read(unsealing);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    unsealing.sayTo(environment.console().err());
    return unsealing.refused() == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  private OutputStream out(String file) throws IOException {
    if (file == null || file.equals("-")) {
      return new UnclosedOutput(environment.console().out());
    }
    Path path = Checked.file(OUT, file);
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] owners =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      return Channels.newOutputStream(
          Files.newByteChannel(
              path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owners));
    } catch (FileAlreadyExistsException e) {
      throw new BadOption(OUT, file, "exists already; name another file", e);
    }
  }
}
