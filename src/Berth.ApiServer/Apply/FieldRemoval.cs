using System.Text.Json.Nodes;

namespace Berth.ApiServer.Apply;

/// <summary>Takes fields and list items out of an object. Containers that become empty stay, unless they go themselves.</summary>
internal static class FieldRemoval
{
    /// <summary>Gives back a new tree; <paramref name="value"/> stays as it is.</summary>
    public static JsonNode? Remove(JsonNode? value, FieldSet gone, FieldType type)
    {
        if (gone.IsEmpty)
            return value?.DeepClone();
        type = type.For(value);
        switch (type.Form)
        {
            case FieldForm.Struct or FieldForm.Map when value is JsonObject map:
                var members = new JsonObject();
                foreach (var (name, member) in map)
                {
                    var element = PathElement.Field(name);
                    if (!gone.Has(element))
                        members[name] = Remove(member, gone.Below(element), type.Field(name));
                }

                return members;
            case FieldForm.KeyedList or FieldForm.Set when value is JsonArray list:
                var items = new JsonArray();
                for (var i = 0; i < list.Count; i++)
                {
                    var element = type.ElementOf(list[i], i);
                    if (!gone.Has(element))
                        items.Add(Remove(list[i], gone.Below(element), type.Item));
                }

                return items;
            default:
                return value?.DeepClone();
        }
    }
}
