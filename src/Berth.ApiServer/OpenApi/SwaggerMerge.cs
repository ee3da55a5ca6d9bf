using System.Text.Json.Nodes;

namespace Berth.ApiServer.OpenApi;

/// <summary>Takes what another server describes in OpenAPI version 2 into one document.</summary>
internal static class SwaggerMerge
{
    private const string Reference = "#/definitions/";
    // Each settles what refers to what the one before renamed; where that goes on for longer, some are told twice.
    private const int RoundsMax = 8;

    private const string Kinds = "x-kubernetes-group-version-kind";

    /// <summary>The paths below a prefix, and the definitions that they lead to.</summary>
    public static JsonObject Part(JsonObject document, string prefix)
    {
        var paths = new JsonObject();
        foreach (var (path, item) in document["paths"] as JsonObject ?? [])
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
                paths[path] = item?.DeepClone();
        }

        var all = document["definitions"] as JsonObject ?? [];
        var definitions = new JsonObject();
        var open = new Stack<string>(References(paths));
        while (open.TryPop(out var name))
        {
            if (definitions.ContainsKey(name) || all[name] is not JsonObject definition)
                continue;
            definitions[name] = definition.DeepClone();
            foreach (var next in References(definition))
                open.Push(next);
        }

        return new JsonObject { ["paths"] = paths, ["definitions"] = definitions };
    }

    /// <summary>
    /// Adds a part to a document. A definition that both have is told once, in the document's words, and under another name
    /// where they mean different things by it.
    /// </summary>
    public static void Add(JsonObject document, JsonObject part)
    {
        var paths = (JsonObject)document["paths"]!;
        var definitions = (JsonObject)document["definitions"]!;
        var theirs = part["definitions"] as JsonObject ?? [];
        var names = theirs.ToDictionary(t => t.Key, t => t.Key, StringComparer.Ordinal);

        // A new name changes those who refer to it, and so perhaps theirs.
        var settled = false;
        for (var round = 0; round < RoundsMax && !settled; round++)
        {
            settled = true;
            foreach (var (name, definition) in theirs)
            {
                var found = NameFor(name, definition);
                settled &= found == names[name];
                names[name] = found;
            }
        }

        foreach (var (name, definition) in theirs)
        {
            var target = names[name];
            if (definitions[target] is JsonObject own)
            {
                JoinKinds(own, definition as JsonObject);
                continue;
            }

            definitions[target] = Redirected(definition, names);
        }

        foreach (var (path, item) in part["paths"] as JsonObject ?? [])
            paths[path] = Redirected(item, names);

        // What another part brought under a name is as good as the document's own.
        string NameFor(string name, JsonNode? definition)
        {
            var before = names[name];
            for (var number = 1; ; number++)
            {
                var tried = number == 1 ? name : $"{name}_v{number}";
                names[name] = tried;
                if (number > 1 && theirs.ContainsKey(tried))
                    continue;
                if (definitions[tried] is { } taken && !JsonNode.DeepEquals(Bare(taken), Bare(Redirected(definition, names))))
                    continue;
                names[name] = before;
                return tried;
            }
        }
    }

    /// <summary>Without words, and without the kinds that a definition stands for.</summary>
    private static JsonNode? Bare(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var bare = new JsonObject();
                foreach (var (name, value) in map)
                {
                    // A property may be called "description": then it is a map.
                    if (name != Kinds && !(name == "description" && value is JsonValue))
                        bare[name] = Bare(value);
                }

                return bare;
            case JsonArray list:
                return new JsonArray([.. list.Select(Bare)]);
            default:
                return node?.DeepClone();
        }
    }

    private static void JoinKinds(JsonObject own, JsonObject? other)
    {
        if (other?[Kinds] is not JsonArray kinds)
            return;
        if (own[Kinds] is not JsonArray known)
            own[Kinds] = known = [];
        foreach (var kind in kinds)
        {
            if (!known.Any(k => JsonNode.DeepEquals(k, kind)))
                known.Add(kind?.DeepClone());
        }
    }

    private static JsonNode? Redirected(JsonNode? node, Dictionary<string, string> names)
    {
        switch (node)
        {
            case JsonObject map:
                var copy = new JsonObject();
                foreach (var (name, value) in map)
                    copy[name] = name == "$ref" && NameOf(value) is { } target ? Reference + names.GetValueOrDefault(target, target) : Redirected(value, names);
                return copy;
            case JsonArray list:
                return new JsonArray([.. list.Select(i => Redirected(i, names))]);
            default:
                return node?.DeepClone();
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(p => p.Key == "$ref" && NameOf(p.Value) is { } name ? [name] : References(p.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static string? NameOf(JsonNode? reference) =>
        reference is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith(Reference, StringComparison.Ordinal) ? text[Reference.Length..] : null;
}
