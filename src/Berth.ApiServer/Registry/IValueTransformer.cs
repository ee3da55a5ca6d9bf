namespace Berth.ApiServer.Registry;

/// <summary>
/// Stands between the registry and the store for all keys: what the store holds of a value may differ from what the
/// registry sees (encryption at rest).
/// </summary>
public interface IValueTransformer
{
    ReadOnlyMemory<byte> ToStorage(string key, ReadOnlyMemory<byte> value);

    /// <exception cref="ValueTransformException">The stored bytes cannot be read with the key at hand.</exception>
    ReadOnlyMemory<byte> FromStorage(string key, ReadOnlyMemory<byte> stored);
}

/// <summary>A stored value cannot be turned back: the message names the key, the cause and what to do.</summary>
public sealed class ValueTransformException(string message, Exception? inner = null) : Exception(message, inner);
