using System.Text.Json.Nodes;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Json;

/// <summary>A list of the kind set or map (x-kubernetes-list-type).</summary>
internal sealed class SchemaList : CelList
{
    private readonly IReadOnlyList<string> _keys;
    private readonly List<CelValue> _items;

    public SchemaList(SchemaListType type, JsonArray node)
        : this(type.Keys, [.. node.Select(n => TypedJson.Of(n, type.Parameters[0]))])
    {
    }

    private SchemaList(IReadOnlyList<string> keys, List<CelValue> items) => (_keys, _items) = (keys, items);

    public override int Count => _items.Count;

    public override CelValue this[int index] => _items[index];

    // Items of the other list take the places of those that they stand for; new ones come last.
    public override CelList Concat(CelList other)
    {
        var merged = new List<CelValue>(_items);
        var places = new Dictionary<CelValue, int>(CelEquality.Comparer);
        for (var i = 0; i < merged.Count; i++)
            places[Identity(merged[i])] = i;
        for (var i = 0; i < other.Count; i++)
        {
            var identity = Identity(other[i]);
            if (places.TryGetValue(identity, out var place))
            {
                merged[place] = other[i];
            }
            else
            {
                places[identity] = merged.Count;
                merged.Add(other[i]);
            }
        }

        return new SchemaList(_keys, merged);
    }

    public override bool EqualTo(CelValue other)
    {
        if (other is not CelList list || list.Count != Count)
            return false;
        var mine = new Dictionary<CelValue, CelValue>(CelEquality.Comparer);
        foreach (var item in _items)
            mine[Identity(item)] = item;
        for (var i = 0; i < list.Count; i++)
        {
            if (!mine.TryGetValue(Identity(list[i]), out var same) || !CelEquality.AreEqual(same, list[i]))
                return false;
        }

        return true;
    }

    private CelValue Identity(CelValue item)
    {
        if (_keys.Count == 0 || item is not CelObject o)
            return item;
        return _keys.Count == 1
            ? o.Find(_keys[0]) ?? CelNull.Instance
            // The texts of scalars, each behind its length, cannot be mistaken for each other.
            : new CelString(string.Concat(_keys.Select(k => o.Find(k)?.ToString() ?? "").Select(t => $"{t.Length}:{t}")));
    }
}
