namespace Berth.Store;

/// <summary>A put (with a value) or a delete (without one) of one key, made with <see cref="Put"/> or <see cref="Delete"/>.</summary>
public sealed class StoreOperation
{
    private StoreOperation(string key, ReadOnlyMemory<byte>? value, Revision? expected)
    {
        StoreKey.Check(key);
        Key = key;
        Value = value;
        Expected = expected;
    }

    public string Key { get; }

    /// <summary>Null for a delete.</summary>
    public ReadOnlyMemory<byte>? Value { get; }

    /// <summary>
    /// What the key's <see cref="StoreEntry.ModRevision"/> must be; <see cref="Revision.None"/>: the key must not exist;
    /// null: whatever it is.
    /// </summary>
    public Revision? Expected { get; }

    /// <summary>Sets a key. The store keeps a reference to <paramref name="value"/>: nobody may change the bytes afterwards.</summary>
    public static StoreOperation Put(string key, ReadOnlyMemory<byte> value, Revision? expected = null)
    {
        StoreLimits.CheckValue(key, value.Length);
        return new StoreOperation(key, value, expected);
    }

    /// <summary>Removes a key. Without a condition it is no error that the key does not exist: then nothing happens.</summary>
    public static StoreOperation Delete(string key, Revision? expected = null) => new(key, null, expected);
}
