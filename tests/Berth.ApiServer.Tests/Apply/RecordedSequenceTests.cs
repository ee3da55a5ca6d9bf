using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Apply;
using Berth.ApiServer.Patch;
using Xunit;

namespace Berth.ApiServer.Tests.Apply;

/// <summary>
/// Sequences of writes as a Kubernetes 1.36 API server answered them: the object before, the request, the object or the
/// error after. Ours must come to the same managed fields, the same merged object and the same conflicts.
/// </summary>
/// <remarks>
/// Edited: the condition field <c>lastProbeTime</c>, which Kubernetes writes as null when it is not set, is left out, and so
/// are two steps during which a controller wrote to the same object.
/// </remarks>
public sealed class RecordedSequenceTests
{
    public static TheoryData<string, int> Steps()
    {
        var data = new TheoryData<string, int>();
        foreach (var file in Directory.GetFiles(Folder(), "*.json").Order(StringComparer.Ordinal))
        {
            var steps = (JsonArray)JsonTree.Parse(File.ReadAllBytes(file))!;
            for (var i = 0; i < steps.Count; i++)
                data.Add(Path.GetFileNameWithoutExtension(file), i);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Write_RecordedStep_GivesTheRecordedOwnersAndObject(string sequence, int index)
    {
        var steps = (JsonArray)JsonTree.Parse(File.ReadAllBytes(Path.Combine(Folder(), sequence + ".json")))!;
        var step = (JsonObject)steps[index]!;
        var request = step["request"]!;
        var code = step["code"]!.GetValue<long>();
        var live = step["live"] as JsonObject;
        var first = (JsonObject)steps[0]!["request"]!;
        var kind = ApiCatalog.ByKind(first["apiVersion"]!.ToString(), first["kind"]!.ToString())!;
        var manager = step["manager"]!.ToString();
        var subresource = step["subresource"]?.ToString();
        var before = live is null ? null : kind.ReadJson(JsonTree.ToBytes(live), null);

        if (step["op"]!.ToString() == "apply")
        {
            var force = step["force"]!.GetValue<bool>();
            if (code is 500)
            {
                var error = Assert.Throws<ApplyException>(() => FieldManager.Apply(kind, before, request, manager, force, subresource, default));
                foreach (var line in step["result"]!["message"]!.ToString().Split(": "))
                    Assert.Contains(line, error.Message, StringComparison.Ordinal);
                return;
            }

            var result = FieldManager.Apply(kind, before, request, manager, force, subresource, Now(step));
            if (code == 409)
            {
                var status = FieldConflict.ToStatus(result.Conflicts);
                Assert.Equal(Sorted(step["result"]!["message"]!.ToString()), Sorted(status.Message));
                Assert.Equal(
                    ((JsonArray)step["result"]!["causes"]!).Select(c => $"{c!["reason"]} {c["field"]} {c["message"]}").Order(),
                    status.Details!.Causes.Select(c => $"{c.Reason} {c.Field} {c.Message}").Order());
                return;
            }

            Assert.Empty(result.Conflicts);
            if (code != 422)
            {
                // While the sequence was recorded, controllers wrote to the status.
                ((JsonObject)result.Merged).Remove("status");
                AssertIsIn(result.Merged, step["result"], "");
                AssertOwners(step, result.Managed);
            }

            return;
        }

        if (code >= 300)
            return;
        var answer = (JsonObject)step["result"]!.DeepClone();
        if (before is null && kind.Kind == "Pod")
        {
            // Admission sets these, when the owners are already decided.
            foreach (var name in new[] { "preemptionPolicy", "priority", "serviceAccount", "serviceAccountName" })
                (answer["spec"] as JsonObject)?.Remove(name);
        }

        var after = kind.ReadJson(JsonTree.ToBytes(answer), null);
        var given = GivenOwners(step["op"]!.ToString(), request, before);
        var managed = FieldManager.ManagedFieldsUpdate(
            before, after.WithMetadata(after.Metadata with { ManagedFields = given }), manager, kind.ApiVersion, subresource, Now(step));
        AssertOwners(step, managed);
    }

    private static ApiList<ManagedFieldsEntry> GivenOwners(string op, JsonNode request, IApiObject? before) =>
        op == "merge" && FieldManager.IsReset(request) ? [ManagedFieldsEntry.Empty] : before?.Metadata.ManagedFields ?? [];

    private static void AssertOwners(JsonObject step, ApiList<ManagedFieldsEntry> managed)
    {
        var result = (JsonObject)step["result"]!;
        var kind = ApiCatalog.ByKind(result["apiVersion"]!.ToString(), result["kind"]!.ToString())!;
        var expected = kind.ReadJson(JsonTree.ToBytes(result), null).Metadata.ManagedFields;
        Assert.Equal(string.Join("\n", expected.Select(Show)), string.Join("\n", managed.Select(Show)));
    }

    private static string Show(ManagedFieldsEntry entry) =>
        $"{entry.Manager} {entry.Operation} {entry.ApiVersion} {entry.Subresource} {entry.Time}\n  {entry.FieldsV1}";

    // The write happened at the newest time in its result.
    private static Time Now(JsonObject step) =>
        step["result"]?["metadata"]?["managedFields"] is JsonArray { Count: > 0 } entries
            ? new Time(entries.Max(e => DateTimeOffset.Parse(e!["time"]?.ToString() ?? "1970-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture)))
            : default;

    /// <summary>What was merged stands in the answer, which has defaults besides; lists are the same item by item.</summary>
    private static void AssertIsIn(JsonNode? merged, JsonNode? answer, string path)
    {
        switch (merged)
        {
            case JsonObject map:
                foreach (var (name, value) in map)
                {
                    if (value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 } || name is "generation" or "resourceVersion" or "observedGeneration")
                        continue;
                    Assert.True(answer is JsonObject whole && whole.ContainsKey(name), $"{path}.{name} should not be there");
                    AssertIsIn(value, answer![name], $"{path}.{name}");
                }

                break;
            case JsonArray list:
                var other = Assert.IsType<JsonArray>(answer);
                Assert.True(other.Count == list.Count, $"{path}: {merged.ToJsonString()} instead of {other.ToJsonString()}");
                for (var i = 0; i < list.Count; i++)
                    AssertIsIn(list[i], other[i], $"{path}[{i}]");
                break;
            default:
                // The API writes quantities in their canonical form.
                if (Quantity.TryParse(merged!.ToString(), out var left) && Quantity.TryParse(answer?.ToString() ?? "", out var right) && left == right)
                    break;
                Assert.True(JsonNode.DeepEquals(merged, answer), $"{path}: {merged?.ToJsonString()} instead of {answer?.ToJsonString()}");
                break;
        }
    }

    private static string Sorted(string text) => string.Join("\n", text.Split('\n').Order(StringComparer.Ordinal));

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "tests", "Berth.ApiServer.Tests", "Apply", "Sequences");
            if (Directory.Exists(path))
                return path;
        }

        throw new DirectoryNotFoundException("tests/Berth.ApiServer.Tests/Apply/Sequences is not above " + AppContext.BaseDirectory);
    }
}
