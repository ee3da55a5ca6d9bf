using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Apply;
using Xunit;

namespace Berth.ApiServer.Tests.Apply;

public sealed class ApplyPropertyTests
{
    private static readonly Time s_then = DateTimeOffset.UnixEpoch;
    private static readonly Time s_now = DateTimeOffset.UnixEpoch.AddHours(1);

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 150)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Apply_SameConfigurationTwice_ChangesNothing(int seed)
    {
        var random = new RandomObjects(seed);
        var schema = random.Schema();
        var configuration = random.Object(schema);

        var first = Apply(null, [], configuration, schema, "alice", s_then);
        var second = Apply(first.Merged, first.Managed, configuration, schema, "alice", s_now);

        Assert.True(JsonNode.DeepEquals(first.Merged, second.Merged), second.Merged.ToJsonString());
        Assert.Equal(first.Managed, second.Managed);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Apply_ByTheOnlyManager_GivesExactlyTheConfiguration(int seed)
    {
        var random = new RandomObjects(seed);
        var schema = random.Schema();
        var state = Apply(null, [], random.Object(schema), schema, "alice", s_then);

        for (var i = 0; i < 5; i++)
        {
            var configuration = random.Object(schema);
            state = Apply(state.Merged, state.Managed, configuration, schema, "alice", s_now);

            // Containers that nobody fills any more may stay behind empty.
            Assert.Equal(Print(Fields(configuration, schema)), Print(Fields(WithoutEmpty(Bare(state.Merged)), schema).Intersect(Fields(configuration, schema))));
            Assert.True(JsonNode.DeepEquals(WithoutEmpty(configuration), WithoutEmpty(Bare(state.Merged))), $"{state.Merged.ToJsonString()} instead of {configuration.ToJsonString()}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Apply_ForcedByManyManagers_KeepsTheInvariants(int seed)
    {
        var random = new RandomObjects(seed);
        var schema = random.Schema();
        string[] managers = ["alice", "bob", "carol"];
        var state = Apply(null, [], random.Object(schema), schema, "alice", s_then);
        for (var i = 0; i < 12; i++)
        {
            var manager = managers[i % managers.Length];
            var configuration = random.Object(schema);
            state = Apply(state.Merged, state.Managed, configuration, schema, manager, s_now);

            // What was applied is what is there, for each of its fields.
            var own = Fields(configuration, schema);
            var differences = FieldComparison.Of(Bare(state.Merged), configuration, FieldType.Of(schema));
            Assert.True(own.Intersect(differences.Changed).Paths().All(p => IsContainer(configuration, p)), $"{differences.Changed}");

            // Nobody owns what is not there, and the manager owns what it applied, no more.
            var present = Fields(Bare(state.Merged), schema);
            foreach (var entry in state.Managed)
            {
                var owned = FieldSetJson.Parse(entry.FieldsV1!.Span);
                Assert.True(Leaves(owned).All(p => present.WithNamedFields(FieldType.Of(schema)).Has(p)), $"{entry.Manager} owns\n{owned}\nof\n{present}");
                if (entry.Manager == manager)
                    Assert.Equal(Print(own), Print(owned));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Apply_NotForced_EitherConflictsOrLeavesForeignFieldsAlone(int seed)
    {
        var random = new RandomObjects(seed);
        var schema = random.Schema();
        var state = Apply(null, [], random.Object(schema), schema, "alice", s_then);
        var configuration = random.Object(schema);

        var result = Apply(state.Merged, state.Managed, configuration, schema, "bob", s_now, force: false);

        var changed = FieldComparison.Of(Bare(state.Merged), configuration, FieldType.Of(schema)).Modified;
        var alice = FieldSetJson.Parse(state.Managed.Count > 0 ? state.Managed[0].FieldsV1!.Span : "{}"u8);
        if (alice.Intersect(changed).IsEmpty)
        {
            Assert.Empty(result.Conflicts);
            Assert.True(FieldComparison.Of(Bare(state.Merged), Bare(result.Merged), FieldType.Of(schema)).Changed.Intersect(alice).IsEmpty);
        }
        else
        {
            Assert.NotEmpty(result.Conflicts);
            Assert.All(result.Conflicts, c => Assert.Equal("\"alice\"", c.Manager));
            Assert.Equal(state.Managed, result.Managed);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Compare_TwoObjects_FindsEachDifferenceOnce(int seed)
    {
        var random = new RandomObjects(seed);
        var schema = random.Schema();
        var (left, right) = (random.Object(schema), random.Object(schema));

        var comparison = FieldComparison.Of(left, right, FieldType.Of(schema));

        Assert.True(comparison.Added.Intersect(comparison.Removed).IsEmpty);
        Assert.True(comparison.Modified.Intersect(comparison.Added.Union(comparison.Removed)).IsEmpty);
        var back = FieldComparison.Of(right, left, FieldType.Of(schema));
        Assert.Equal(Print(comparison.Added), Print(back.Removed));
        Assert.Equal(Print(comparison.Modified), Print(back.Modified));
        Assert.True(FieldComparison.Of(left, left.DeepClone(), FieldType.Of(schema)).Changed.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void FieldSet_OfAnyObject_SurvivesItsWireForm(int seed)
    {
        var random = new RandomObjects(seed);
        var schema = random.Schema();
        var set = Fields(random.Object(schema), schema);

        Assert.Equal(set, FieldSetJson.Parse(FieldSetJson.Print(set).Span));
    }

    private static ApplyResult Apply(
        JsonNode? live, ApiList<ManagedFieldsEntry> managed, JsonObject configuration, MessageSchema schema, string manager, Time now, bool force = true)
    {
        var whole = (JsonObject)configuration.DeepClone();
        whole["apiVersion"] = "test/v1";
        whole["kind"] = "Test";
        var result = FieldManager.Apply(live, managed, whole, schema, manager, force, "test/v1", null, now);
        if (force)
            Assert.Empty(result.Conflicts);
        return result;
    }

    private static FieldSet Fields(JsonNode value, MessageSchema schema) => FieldExtraction.Of(value, FieldType.Of(schema));

    private static IEnumerable<PathElement[]> Leaves(FieldSet set) => set.Paths().Where(p => IsLeaf(set, p));

    private static bool IsLeaf(FieldSet set, PathElement[] path) => path.Aggregate(set, (s, e) => s.Below(e)).IsEmpty;

    // An empty container can be applied where others put something into it: both are right.
    private static bool IsContainer(JsonObject value, PathElement[] path)
    {
        JsonNode? node = value;
        foreach (var element in path)
        {
            node = node switch
            {
                JsonObject map when element.FieldName is { } name => map[name],
                JsonArray list => list.FirstOrDefault(i => i is JsonObject item && element.ToString() == $"[key={item["key"]!.ToJsonString()}]"),
                _ => null,
            };
        }

        return node is JsonObject or JsonArray;
    }

    private static JsonObject Bare(JsonNode merged)
    {
        var copy = (JsonObject)merged.DeepClone();
        copy.Remove("apiVersion");
        copy.Remove("kind");
        return copy;
    }

    private static JsonNode WithoutEmpty(JsonNode value)
    {
        var copy = value.DeepClone();
        Clear(copy);
        return copy;
    }

    private static void Clear(JsonNode? value)
    {
        if (value is JsonObject map)
        {
            foreach (var (name, member) in map.ToArray())
            {
                Clear(member);
                if (member is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                    map.Remove(name);
            }
        }
        else if (value is JsonArray list)
        {
            foreach (var item in list)
                Clear(item);
        }
    }

    private static string Print(FieldSet set) => FieldSetJson.Print(set).ToString();
}
