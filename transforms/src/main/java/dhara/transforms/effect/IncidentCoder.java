package dhara.transforms.effect;

import dhara.records.RecordInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.StructuredCoder;

/** The coder of an {@link Incident}: its id, then its key. */
public final class IncidentCoder<K> extends StructuredCoder<Incident<K>> {

  private static final long serialVersionUID = 1L;

  private final Coder<K> key;

  private IncidentCoder(Coder<K> key) {
    this.key = key;
  }

  /** The coder of incidents with this coder of keys. */
  public static <K> IncidentCoder<K> of(Coder<K> key) {
    return new IncidentCoder<>(key);
  }

  @Override
  public void encode(Incident<K> incident, OutputStream out) throws IOException {
    StringUtf8Coder.of().encode(incident.id(), out);
    key.encode(incident.key(), out);
  }

  @Override
  public Incident<K> decode(InputStream in) throws IOException {
    String id = RecordInput.readText(in);
    return new Incident<>(id, key.decode(in));
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of(key);
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    verifyDeterministic(this, "its key must be coded deterministically", key);
  }
}
