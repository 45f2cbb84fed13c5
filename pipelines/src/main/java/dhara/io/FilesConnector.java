package dhara.io;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import java.util.Set;

/** Files of any file system that Beam knows: see {@link FilesSource} and {@link FilesSink}. */
@AutoService(Connector.class)
public final class FilesConnector implements Connector {

  @Override
  public String scheme() {
    return "files";
  }

  @Override
  public String shape() {
    return "files:PATH";
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.READ, Ability.APPEND, Ability.READ_BACK);
  }

  @Override
  public <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options) {
    return FilesSource.of(
        endpoint,
        reading.type(),
        reading.mapping(),
        reading.input(),
        reading.bounds(),
        reading.maxEventBytes());
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    FilesSink<T> files = FilesSink.of(endpoint, rows.name(), rows.format());
    return Target.of(files).checked(run.bounded() ? files::checkEmpty : () -> {});
  }

  @Override
  public ResultSet results(Endpoint endpoint) {
    return FolderResults.of(endpoint);
  }
}
