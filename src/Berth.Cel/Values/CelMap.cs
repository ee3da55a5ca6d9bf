using Berth.Cel.Types;

namespace Berth.Cel.Values;

public abstract class CelMap : CelValue
{
    public abstract int Count { get; }

    /// <summary>In the order in which comprehensions see them.</summary>
    public abstract IEnumerable<CelValue> Keys { get; }

    public override CelType Type => CelType.MapOfDyn;

    public override long Size => Count;

    public override bool IsZero => Count == 0;

    /// <summary>The last of several equal keys counts.</summary>
    public static CelMap Of(IEnumerable<KeyValuePair<CelValue, CelValue>> entries)
    {
        var map = new Dictionary<CelValue, CelValue>(CelEquality.Comparer);
        foreach (var (key, value) in entries)
            map[key] = value;
        return new HashMap(map);
    }

    public static CelMap Of(IEnumerable<KeyValuePair<string, CelValue>> entries) =>
        Of(entries.Select(e => KeyValuePair.Create((CelValue)new CelString(e.Key), e.Value)));

    /// <summary>Null when there is no such key. The value itself may be an error.</summary>
    public abstract CelValue? Find(CelValue key);

    public CelValue? Find(string key) => Find(new CelString(key));

    public override bool EqualTo(CelValue other)
    {
        if (other is not CelMap map || map.Count != Count)
            return false;
        foreach (var key in Keys)
        {
            if (Find(key) is not { } mine || map.Find(key) is not { } theirs || !CelEquality.AreEqual(mine, theirs))
                return false;
        }

        return true;
    }

    public override string ToString() => $"{{{string.Join(", ", Keys.Select(k => $"{k}: {Find(k)}"))}}}";

    private sealed class HashMap(Dictionary<CelValue, CelValue> entries) : CelMap
    {
        public override int Count => entries.Count;

        public override IEnumerable<CelValue> Keys => entries.Keys;

        public override CelValue? Find(CelValue key) => entries.GetValueOrDefault(key);
    }
}
