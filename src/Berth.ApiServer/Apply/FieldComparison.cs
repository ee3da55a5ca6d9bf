using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Apply;

/// <summary>Which fields differ between two versions of an object. No field is in two of the sets.</summary>
internal sealed class FieldComparison
{
    private readonly List<PathElement> _path = [];

    private FieldComparison()
    {
    }

    public FieldSet Added { get; private set; } = new();

    public FieldSet Modified { get; private set; } = new();

    public FieldSet Removed { get; private set; } = new();

    public FieldSet Changed => Modified.Union(Added);

    public static FieldComparison Of(JsonNode? before, JsonNode? after, FieldType type)
    {
        var comparison = new FieldComparison();
        comparison.Compare(new Slot(true, before), new Slot(true, after), type);
        return comparison;
    }

    /// <summary>The same without some fields and all that is below them.</summary>
    public FieldComparison Without(FieldSet ignored) => new()
    {
        Added = Added.ExceptDeep(ignored),
        Modified = Modified.ExceptDeep(ignored),
        Removed = Removed.ExceptDeep(ignored),
    };

    private void Compare(Slot before, Slot after, FieldType type)
    {
        type = type.For(before.Node, after.Node);
        var isLeaf = type.Form switch
        {
            FieldForm.Scalar or FieldForm.Atomic => true,

            // Between empty and absent there is nothing to descend into, but still a difference.
            FieldForm.Struct or FieldForm.Map => before.Node is not JsonObject { Count: > 0 } && after.Node is not JsonObject { Count: > 0 },
            _ => before.Node is not JsonArray { Count: > 0 } && after.Node is not JsonArray { Count: > 0 },
        };
        if (isLeaf)
        {
            if (before.Present && after.Present)
            {
                if (!JsonSame.Are(before.Node, after.Node))
                    Modified.Add(Path);
                return;
            }
        }
        else if (type.Form is FieldForm.Struct or FieldForm.Map)
        {
            CompareMembers(before.Node as JsonObject, after.Node as JsonObject, type);
        }
        else
        {
            CompareItems(before.Node as JsonArray ?? [], after.Node as JsonArray ?? [], type);
        }

        if (!before.Present)
            Added.Add(Path);
        else if (!after.Present)
            Removed.Add(Path);
    }

    private void CompareMembers(JsonObject? before, JsonObject? after, FieldType type)
    {
        foreach (var (name, value) in before ?? [])
            CompareMember(name, new Slot(true, value), Member(after, name), type);
        foreach (var (name, value) in after ?? [])
        {
            if (before?.ContainsKey(name) != true)
                CompareMember(name, Member(before, name), new Slot(true, value), type);
        }
    }

    private static Slot Member(JsonObject? owner, string name)
    {
        if (owner is null)
            return default;
        return owner.TryGetPropertyValue(name, out var value) ? new Slot(true, value) : default;
    }

    private void CompareMember(string name, Slot before, Slot after, FieldType type)
    {
        _path.Add(PathElement.Field(name));
        Compare(before, after, type.Field(name));
        _path.RemoveAt(_path.Count - 1);
    }

    private void CompareItems(JsonArray before, JsonArray after, FieldType type)
    {
        var left = Group(before, type);
        var right = Group(after, type);
        foreach (var element in left.Keys.Concat(right.Keys.Where(k => !left.ContainsKey(k))))
        {
            var was = left.GetValueOrDefault(element) ?? [];
            var becomes = right.GetValueOrDefault(element) ?? [];
            _path.Add(element);
            if (was.Count <= 1 && becomes.Count <= 1)
            {
                Compare(Slot.First(was), Slot.First(becomes), type.Item);
            }
            else if (was.Count > 1 && becomes.Count > 1)
            {
                // Repeated items are compared as one value.
                if (was.Count != becomes.Count || !was.Zip(becomes).All(p => JsonSame.Are(p.First, p.Second)))
                    Modified.Add(Path);
            }
            else if (was.Count > 1)
            {
                if (becomes.Count > 0)
                    Compare(default, Slot.First(becomes), type.Item);
                Removed.Add(Path);
            }
            else
            {
                if (was.Count > 0)
                    Compare(Slot.First(was), default, type.Item);
                Added.Add(Path);
            }

            _path.RemoveAt(_path.Count - 1);
        }
    }

    private static Dictionary<PathElement, List<JsonNode?>> Group(JsonArray list, FieldType type)
    {
        var groups = new Dictionary<PathElement, List<JsonNode?>>();
        for (var i = 0; i < list.Count; i++)
        {
            var element = type.ElementOf(list[i], i);
            if (!groups.TryGetValue(element, out var group))
                groups[element] = group = [];
            group.Add(list[i]);
        }

        return groups;
    }

    private ReadOnlySpan<PathElement> Path => CollectionsMarshal.AsSpan(_path);

    /// <summary>A value that may be absent, which is not the same as null.</summary>
    private readonly record struct Slot(bool Present, JsonNode? Node)
    {
        public static Slot First(List<JsonNode?> items) => items.Count > 0 ? new Slot(true, items[0]) : default;
    }
}
