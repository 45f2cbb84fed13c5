package dhara.connectors.files;

import com.google.auto.service.AutoService;
import dhara.connectors.Aside;
import dhara.connectors.Connector;
import dhara.connectors.Decoding;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.Place;
import dhara.connectors.Reading;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFeed;
import dhara.events.Event;
import dhara.files.OutputFolder;
import dhara.options.DharaOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Files on any file system that Beam supports: see {@link FilesSource} and {@link FilesSink}. */
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
    return Set.of(Ability.READ, Ability.APPEND, Ability.DELETE, Ability.READ_BACK, Ability.FOLLOW);
  }

  @Override
  public <T extends Record & Event> EventSource<T> source(
      Endpoint endpoint, Reading<T> reading, DharaOptions options) {
    // Checked first, because a mapping that does not fit the event is an error of the mapping, not
    // of a file.
    Decoding<T> unused = reading.json();
    FilePlace.checkFileSystem(endpoint);
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
    FilePlace.checkFileSystem(endpoint);
    FilePlace.checkWord(endpoint);
    boolean few = rows.name().equals(Aside.LEDGER) || rows.name().equals(Aside.SHED);
    Endpoint place = few ? inOneFile(endpoint) : endpoint;
    FilesSink<T> files = FilesSink.of(place, rows.name(), rows.format());
    return Target.of(files).into(new OutputFolder(files.folder(), run.bounded()), endpoint);
  }

  /**
   * A ledger has one row per input or output; among many empty shards it would look like a remnant.
   */
  private static Endpoint inOneFile(Endpoint endpoint) {
    Map<String, String> parameters = new HashMap<>(endpoint.parameters());
    parameters.put("shards", "1");
    return new Endpoint(
        endpoint.option(), endpoint.uri(), endpoint.scheme(), endpoint.path(), parameters);
  }

  /** Each output goes to its own folder within the named one. */
  @Override
  public boolean overlaps(Place place, Place other) {
    if (!place.written()) {
      return overlaps(other, place);
    }
    String folder = FilesSink.folder(place.endpoint(), place.what());
    return other.written()
        ? FilePaths.same(folder, FilesSink.folder(other.endpoint(), other.what()))
        : FilePaths.reads(other.endpoint().path(), folder);
  }

  @Override
  public String named(Place place) {
    return "the folder " + FilesSink.folder(place.endpoint(), place.what());
  }

  @Override
  public ResultSet results(Endpoint endpoint) {
    return FolderResults.of(endpoint);
  }

  @Override
  public RowFeed feed(
      Endpoint endpoint, String name, String suffix, Map<String, String> positions) {
    FilePlace.checkFileSystem(endpoint);
    return FolderFeed.of(endpoint, name, positions);
  }
}
