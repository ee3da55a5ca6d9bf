using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Patch;

/// <summary>
/// JSON patch (RFC 6902) with the liberties that kube-apiserver takes: <c>replace</c> of an absent member adds it,
/// negative indices count from the end, an absent value is null. Error texts are those that its users know.
/// </summary>
public static class JsonPatch
{
    /// <summary>Operations one patch may have, as in kube-apiserver: they bound the work that one small body can ask for.</summary>
    public const int OperationsMax = 10_000;

    // "copy" can double a document again and again; an object larger than the store takes is useless anyway.
    private const int CopiedNodesMax = 1_000_000;

    /// <summary>Gives back the patched document; <paramref name="target"/> stays as it is.</summary>
    /// <exception cref="PatchException">The patch is malformed or does not apply.</exception>
    public static JsonNode Apply(JsonNode target, ReadOnlySpan<byte> patch)
    {
        var operations = Decode(patch);
        var state = new State { Root = target.DeepClone() };
        foreach (var operation in operations)
            Run(state, operation);
        return state.Root ?? throw PatchException.DoesNotApply("the patch removes the whole document");
    }

    private static JsonArray Decode(ReadOnlySpan<byte> patch)
    {
        JsonNode? document;
        try
        {
            document = JsonTree.Parse(patch);
        }
        catch (JsonException e)
        {
            throw PatchException.Malformed("error decoding patch: " + e.Message);
        }

        if (document is not JsonArray operations)
            throw PatchException.Malformed("error decoding patch: a JSON patch is a list of operations");
        if (operations.Count > OperationsMax)
        {
            throw new PatchException(
                PatchFailure.TooLarge,
                $"The allowed maximum operations in a JSON patch is {OperationsMax}, got {operations.Count}");
        }

        if (operations.Any(o => o is not JsonObject))
            throw PatchException.Malformed("error decoding patch: an operation of a JSON patch is an object");
        return operations;
    }

    private static void Run(State state, JsonNode? node)
    {
        var operation = (JsonObject)node!;
        var kind = Text(operation, "op") ?? "unknown";
        var value = operation["value"];
        switch (kind)
        {
            case "add":
                Add(state, PathOf(operation, "path", "add operation failed to decode path"), value, "add operation does not apply: doc is missing path: \"{0}\"", "error in add for path: '{0}'");
                break;
            case "remove":
                Remove(state, PathOf(operation, "path", "remove operation failed to decode path"));
                break;
            case "replace":
                Replace(state, PathOf(operation, "path", "replace operation failed to decode path"), value);
                break;
            case "move":
                Move(state, operation);
                break;
            case "copy":
                Copy(state, operation);
                break;
            case "test":
                Test(state, PathOf(operation, "path", "test operation failed to decode path"), value);
                break;
            default:
                throw PatchException.DoesNotApply($"Unexpected kind: {kind}");
        }
    }

    private static void Add(State state, string path, JsonNode? value, string missing, string failed)
    {
        var (parent, key) = Locate(state.Root, path);
        if (parent is null)
            throw PatchException.DoesNotApply(string.Format(null, missing, path) + ": missing value");
        Insert(parent, key, value?.DeepClone(), string.Format(null, failed, path));
    }

    private static void Insert(JsonNode parent, string key, JsonNode? value, string prefix)
    {
        if (parent is JsonObject map)
        {
            map[key] = value;
            return;
        }

        var list = (JsonArray)parent;
        if (key == "-")
            list.Add(value);
        else
            list.Insert(Index(key, list.Count + 1, prefix), value);
    }

    private static void Remove(State state, string path)
    {
        var (parent, key) = Locate(state.Root, path);
        if (parent is null)
            throw PatchException.DoesNotApply($"remove operation does not apply: doc is missing path: \"{path}\": missing value");
        Take(parent, key, $"error in remove for path: '{path}'");
    }

    private static void Take(JsonNode parent, string key, string prefix)
    {
        if (parent is JsonArray list)
            list.RemoveAt(Index(key, list.Count, prefix));
        else if (!((JsonObject)parent).Remove(key))
            throw PatchException.DoesNotApply($"{prefix}: Unable to remove nonexistent key: {key}: missing value");
    }

    private static void Replace(State state, string path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            if (value is not (JsonObject or JsonArray))
                throw PatchException.DoesNotApply("replace operation value must be object or array");
            state.Root = value.DeepClone();
            return;
        }

        var (parent, key) = Locate(state.Root, path);
        if (parent is null)
            throw PatchException.DoesNotApply($"replace operation does not apply: doc is missing path: {path}: missing value");
        if (parent is JsonObject map)
        {
            map[key] = value?.DeepClone();
            return;
        }

        var list = (JsonArray)parent;
        if (!TryIndex(key, list.Count, out var index))
            throw PatchException.DoesNotApply($"replace operation does not apply: doc is missing key: {path}: missing value");
        list[index] = value?.DeepClone();
    }

    private static void Move(State state, JsonObject operation)
    {
        var from = PathOf(operation, "from", "move operation failed to decode from");
        var (parent, key) = Locate(state.Root, from);
        if (parent is null)
            throw PatchException.DoesNotApply($"move operation does not apply: doc is missing from path: {from}: missing value");
        var prefix = $"error in move for path: '{key}'";
        var value = Read(parent, key, prefix)?.DeepClone();
        Take(parent, key, prefix);
        var path = PathOf(operation, "path", "move operation failed to decode path");
        Add(state, path, value, "move operation does not apply: doc is missing destination path: {0}", "error in move for path: '{0}'");
    }

    private static void Copy(State state, JsonObject operation)
    {
        var from = PathOf(operation, "from", "copy operation failed to decode from");
        var (parent, key) = Locate(state.Root, from);
        if (parent is null)
            throw PatchException.DoesNotApply($"copy operation does not apply: doc is missing from path: {from}: missing value");
        var value = Read(parent, key, $"error in copy for from: '{from}'");
        state.Copied += Size(value);
        if (state.Copied > CopiedNodesMax)
            throw new PatchException(PatchFailure.TooLarge, "the copy operations of the patch make the document too large");
        var path = PathOf(operation, "path", "copy operation failed to decode path");
        Add(state, path, value, "copy operation does not apply: doc is missing destination path: {0}", "error while adding value during copy");
    }

    private static void Test(State state, string path, JsonNode? expected)
    {
        JsonNode? actual;
        if (path.Length == 0)
        {
            actual = state.Root;
        }
        else
        {
            var (parent, key) = Locate(state.Root, path);
            if (parent is null)
                throw PatchException.DoesNotApply($"test operation does not apply: is missing path: {path}: missing value");
            actual = Read(parent, key, $"error in test for path: '{path}'");
        }

        if (!JsonNode.DeepEquals(actual, expected))
            throw PatchException.TestFailed($"testing value {path} failed: test failed");
    }

    /// <summary>Container of the last segment, or null when the path leads nowhere.</summary>
    private static (JsonNode? Parent, string Key) Locate(JsonNode? root, string path)
    {
        // The text before the first '/' is passed over, whatever it is; the whole document has no container.
        var segments = path.Split('/');
        if (segments.Length < 2)
            return (null, "");
        var node = root;
        for (var i = 1; i < segments.Length - 1; i++)
        {
            var key = Unescape(segments[i]);
            node = node switch
            {
                JsonObject map => map[key],
                JsonArray list when TryIndex(key, list.Count, out var index) => list[index],
                _ => null,
            };
        }

        return node is JsonObject or JsonArray ? (node, Unescape(segments[^1])) : (null, "");
    }

    private static JsonNode? Read(JsonNode parent, string key, string prefix) =>
        parent is JsonArray list ? list[Index(key, list.Count, prefix)] : ((JsonObject)parent)[key];

    private static int Index(string key, int count, string prefix)
    {
        if (!int.TryParse(key, out var index))
            throw PatchException.DoesNotApply($"{prefix}: value was not a proper array index: '{key}': strconv.Atoi: parsing \"{key}\": invalid syntax");
        if (index >= count || index < -count)
            throw PatchException.DoesNotApply($"{prefix}: Unable to access invalid index: {index}: invalid index referenced");
        return index < 0 ? index + count : index;
    }

    private static bool TryIndex(string key, int count, out int index)
    {
        if (!int.TryParse(key, out index) || index >= count || index < -count)
            return false;
        index = index < 0 ? index + count : index;
        return true;
    }

    private static string Unescape(string segment) =>
        segment.Contains('~') ? segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal) : segment;

    private static string PathOf(JsonObject operation, string field, string failure) =>
        Text(operation, field) ?? throw PatchException.DoesNotApply(
            field == "path" ? $"{failure}: operation missing path field: missing value" : $"{failure}: operation, missing from field: missing value");

    private static string? Text(JsonObject operation, string field) =>
        operation[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Sum(member => Size(member.Value)),
        JsonArray list => 1 + list.Sum(Size),
        _ => 1,
    };

    private sealed class State
    {
        public JsonNode? Root { get; set; }

        /// <summary>Nodes copied so far by <c>copy</c> operations.</summary>
        public long Copied { get; set; }
    }
}
