using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Apply;

/// <summary>The set of fields that an object sets: what a manager owns that applies it.</summary>
internal static class FieldExtraction
{
    public static FieldSet Of(JsonNode? value, FieldType type)
    {
        var set = new FieldSet();
        Walk(value, type, [], set);
        return set;
    }

    private static void Walk(JsonNode? value, FieldType type, List<PathElement> path, FieldSet set)
    {
        type = type.For(value);
        switch (type.Form)
        {
            case FieldForm.Scalar or FieldForm.Atomic:
                set.Add(CollectionsMarshal.AsSpan(path));
                break;
            case FieldForm.Struct or FieldForm.Map:
                foreach (var (name, member) in value as JsonObject ?? [])
                {
                    path.Add(PathElement.Field(name));
                    Walk(member, type.Field(name), path, set);

                    // Keys of maps are owned as such, beside what is below them; so is what is empty.
                    if (member is null or JsonObject { Count: 0 } || !type.Declares(name))
                        set.Add(CollectionsMarshal.AsSpan(path));
                    path.RemoveAt(path.Count - 1);
                }

                break;
            default:
                WalkItems(value as JsonArray ?? [], type, path, set);
                break;
        }
    }

    private static void WalkItems(JsonArray list, FieldType type, List<PathElement> path, FieldSet set)
    {
        var elements = list.Select((item, index) => type.ElementOf(item, index)).ToList();
        var repeated = elements.GroupBy(e => e).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        for (var i = 0; i < elements.Count; i++)
        {
            path.Add(elements[i]);

            // Of repeated items nobody can say which one is meant: they are owned together, without their fields.
            if (!repeated.Contains(elements[i]))
                Walk(list[i], type.Item, path, set);
            set.Add(CollectionsMarshal.AsSpan(path));
            path.RemoveAt(path.Count - 1);
        }
    }
}
