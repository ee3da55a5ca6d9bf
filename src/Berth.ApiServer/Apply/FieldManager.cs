using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Apply;

/// <summary>
/// Keeps <c>metadata.managedFields</c>: who set which field last, and what happens when someone applies a configuration.
/// Pure: objects in, entries out.
/// </summary>
public static class FieldManager
{
    private const string BeforeFirstApply = "before-first-apply";

    // Given by the server, or the object's identity: nobody owns them.
    private static readonly FieldSet s_unowned = FieldSet.Of(
        ["apiVersion"], ["kind"], ["metadata"], ["metadata", "name"], ["metadata", "namespace"], ["metadata", "creationTimestamp"],
        ["metadata", "selfLink"], ["metadata", "uid"], ["metadata", "clusterName"], ["metadata", "generation"],
        ["metadata", "managedFields"], ["metadata", "resourceVersion"]);

    /// <summary>
    /// Managed fields of an object that a create, update or patch makes. Call it with defaults set and before admission.
    /// </summary>
    /// <param name="live">The object before; null for a create.</param>
    /// <param name="result">The object after; its own managed fields count when the client set them.</param>
    /// <param name="manager">The <c>fieldManager</c> parameter, else the first part of the User-Agent.</param>
    /// <param name="apiVersion">Version of the request.</param>
    /// <param name="subresource">Null for the main resource.</param>
    /// <param name="resetRequested">True when the request sets managedFields to an empty list (<see cref="IsReset"/>), which a typed object cannot show.</param>
    public static ApiList<ManagedFieldsEntry> ManagedFieldsUpdate(
        IApiObject? live, IApiObject result, string manager, string apiVersion, string? subresource, Time now, bool resetRequested = false)
    {
        var kind = result.KindInfo;
        var managed = Given(live, result, subresource, resetRequested);

        // Nobody asked for tracking of this object: its fields were reset, and no one has applied it since.
        if (managed.IsEmpty && live is not null)
            return [];
        var reset = ResetFields.Of(kind, subresource);
        var before = Tree(live ?? Empty(kind));
        var after = Tree(result);
        foreach (var entry in reset.Entries)
        {
            // Most of the object, in a write of its status: not worth the comparison.
            if (!entry.Owned || entry.Element.FieldName is not { } name)
                continue;
            before.Remove(name);
            after.Remove(name);
        }

        Update(managed, before, after, FieldType.Of(kind.Schema), reset, FieldOwner.Updater(manager, apiVersion, subresource), apiVersion, now);
        managed.MergeOldestUpdates();
        return managed.Encode();
    }

    /// <summary>Server-side apply of a built-in kind.</summary>
    /// <inheritdoc cref="Apply(JsonNode?, ApiList{ManagedFieldsEntry}, JsonNode, MessageSchema, string, bool, string, string?, Time, KindInfo?)"/>
    public static ApplyResult Apply(
        KindInfo kind, IApiObject? live, JsonNode applied, string manager, bool force, string? subresource, Time now) =>
        Apply(
            live is null ? null : Tree(live), live?.Metadata.ManagedFields ?? [], applied, kind.Schema, manager, force, kind.ApiVersion, subresource, now, kind);

    /// <summary>Server-side apply: merges the configuration into the live object, removes what the manager no longer applies and nobody else owns.</summary>
    /// <param name="live">The object as it is stored; null when the apply creates it.</param>
    /// <param name="managed">Managed fields of the live object.</param>
    /// <param name="applied">The configuration, with apiVersion and kind.</param>
    /// <param name="kind">For fields that the endpoint ignores; null for kinds without a built-in description.</param>
    /// <exception cref="ApplyException">The configuration does not fit the schema.</exception>
    public static ApplyResult Apply(
        JsonNode? live, ApiList<ManagedFieldsEntry> managed, JsonNode applied, MessageSchema schema, string manager, bool force,
        string apiVersion, string? subresource, Time now, KindInfo? kind = null)
    {
        var configuration = applied as JsonObject ?? throw new ApplyException("a configuration to apply is an object");
        Check(configuration, schema, apiVersion, kind);
        kind ??= ApiCatalog.ByKind(apiVersion, configuration["kind"]?.ToString() ?? "");
        var type = FieldType.Of(schema);
        var reset = ResetFields.Of(kind, subresource);
        var before = Bare(live as JsonObject ?? []);
        var changes = Bare(configuration);
        var sets = ManagedFieldSets.TryDecode(managed) ?? throw new ApplyException("failed to decode managed fields of the live object");
        if (sets.IsEmpty && live is not null)
        {
            // What is there already has no known owner: it gets one that is neither an applier nor the client at hand.
            var empty = kind is null ? [] : Tree(Empty(kind));
            Update(sets, empty, before, type, reset, FieldOwner.Updater(BeforeFirstApply, apiVersion, subresource), apiVersion, now);
        }

        var owner = FieldOwner.Applier(manager, subresource);
        var attempt = Attempt(sets, before, changes, type, reset, owner, apiVersion, force, now);
        if (attempt.Conflicts.Count > 0 && manager == "kubectl" && LastApplied.UnchangedFields(before, type, apiVersion) is { } own)
        {
            var foreign = attempt.Conflicts.Where(c => !own.Has(c.Path)).ToList();
            attempt = foreign.Count > 0
                ? attempt with { Conflicts = foreign }
                : Attempt(sets, before, changes, type, reset, owner, apiVersion, force: true, now);
        }

        var merged = attempt.Merged;
        if (attempt.Conflicts.Count == 0 && manager == "kubectl")
            LastApplied.Refresh(merged, configuration);
        merged.Insert(0, "kind", configuration["kind"]?.DeepClone());
        merged.Insert(0, "apiVersion", configuration["apiVersion"]?.DeepClone());
        return new ApplyResult(merged, attempt.Managed.Encode(), [.. attempt.Conflicts
            .Select(c => new FieldConflict(c.Owner.ToString(), string.Concat(c.Path.Select(e => e.ToString()))))]);
    }

    /// <summary>
    /// The managed fields to store with <paramref name="result"/>: those of <paramref name="live"/> when nothing but their
    /// times differs, so that a write without effect stays one.
    /// </summary>
    public static ApiList<ManagedFieldsEntry> WithoutIdleTimes(IApiObject live, IApiObject result)
    {
        var (before, after) = (live.Metadata.ManagedFields, result.Metadata.ManagedFields);
        if (before.Count != after.Count || before.Zip(after).Any(p => p.First with { Time = null } != p.Second with { Time = null }))
            return after;
        return live.Equals(result.WithMetadata(result.Metadata with { ManagedFields = before })) ? before : after;
    }

    /// <summary>True when a body asks to forget all owners: <c>managedFields</c> is an empty list, or one with one empty entry.</summary>
    public static bool IsReset(JsonNode? body) =>
        (body as JsonObject)?["metadata"] is JsonObject metadata && metadata["managedFields"] is JsonArray list
        && (list.Count == 0 || (list.Count == 1 && list[0] is JsonObject { Count: 0 }));

    private static ManagedFieldSets Given(IApiObject? live, IApiObject result, string? subresource, bool resetRequested)
    {
        var ofLive = live?.Metadata.ManagedFields ?? [];

        // A subresource must not change the owners of the rest.
        if (subresource is null)
        {
            var ofResult = result.Metadata.ManagedFields;
            if (resetRequested || (ofResult.Count == 1 && ofResult[0] == ManagedFieldsEntry.Empty))
                return new ManagedFieldSets();

            // Clients that know nothing of managed fields leave them out.
            if (ManagedFieldSets.TryDecode(ofResult) is { IsEmpty: false } given)
                return given;
        }

        return ManagedFieldSets.TryDecode(ofLive) ?? new ManagedFieldSets();
    }

    private static void Check(JsonObject configuration, MessageSchema schema, string apiVersion, KindInfo? kind)
    {
        var version = configuration["apiVersion"]?.ToString() ?? "";
        if (version != apiVersion)
            throw new ApplyException($"Incorrect version specified in apply patch. Specified patch version: {version}, expected: {apiVersion}");
        if (kind is not null && configuration["kind"]?.ToString() != kind.Kind)
            throw new ApplyException($"invalid object type: {version}, Kind={configuration["kind"]}");
        if (configuration["metadata"] is JsonObject metadata && metadata["managedFields"] is not null)
            throw new ApplyException("metadata.managedFields must be nil");
        var bare = (JsonObject)configuration.DeepClone();
        bare.Remove("apiVersion");
        bare.Remove("kind");
        if (AppliedValidation.Check(bare, schema) is { } problem)
        {
            var meta = configuration["metadata"] as JsonObject;
            throw new ApplyException(
                $"failed to create typed patch object ({meta?["namespace"]}/{meta?["name"]}; {version}, Kind={configuration["kind"]}): {problem}");
        }
    }

    private static void Update(
        ManagedFieldSets managed, JsonObject live, JsonObject result, FieldType type, FieldSet reset, FieldOwner owner, string apiVersion, Time now)
    {
        var comparison = FieldComparison.Of(live, result, type).Without(reset);
        Disown(managed, comparison, null);
        var changed = comparison.Changed.ExceptDeep(reset).Except(s_unowned);
        if (changed.IsEmpty)
            return;
        var before = managed.Get(owner)?.Fields ?? FieldSet.Empty;
        managed.Set(owner, new OwnedFields(changed.Union(before), apiVersion, now));
    }

    private static Outcome Attempt(
        ManagedFieldSets given, JsonObject live, JsonObject applied, FieldType type, FieldSet reset, FieldOwner owner, string apiVersion,
        bool force, Time now)
    {
        var managed = given.Copy();
        var last = managed.Get(owner);
        var merged = StructuredMerge.Merge(live, applied, type);
        var mine = FieldExtraction.Of(applied, type).ExceptDeep(reset);
        managed.Set(owner, new OwnedFields(mine, apiVersion, last?.Time));
        if (last is not null)
            merged = Prune(merged, last.Fields, managed, type);

        var comparison = FieldComparison.Of(live, merged, type).Without(reset);
        if (!force)
        {
            var conflicts = managed.Owned.Where(o => o.Key != owner)
                .OrderBy(o => o.Key.Manager, StringComparer.Ordinal).ThenBy(o => o.Key.Applies).ThenBy(o => o.Key.ApiVersion, StringComparer.Ordinal)
                .ThenBy(o => o.Key.Subresource, StringComparer.Ordinal)
                .SelectMany(o => o.Value.Fields.Intersect(comparison.Changed).Paths().Select(path => new OwnedPath(o.Key, path)))
                .ToList();
            if (conflicts.Count > 0)
                return new Outcome((JsonObject)merged!, given, conflicts);
        }

        Disown(managed, comparison, owner);
        var changes = !JsonSame.Are(live, merged);
        managed.Set(owner, new OwnedFields(mine.Except(s_unowned), apiVersion, changes ? now : last?.Time));
        return new Outcome((JsonObject)merged!, managed, []);
    }

    /// <summary>Takes fields that changed or went away from all managers but one.</summary>
    private static void Disown(ManagedFieldSets managed, FieldComparison comparison, FieldOwner? but)
    {
        var changed = comparison.Changed;
        foreach (var (owner, owned) in managed.Owned.ToList())
        {
            if (owner == but)
                continue;
            var left = owned.Fields.Except(changed).Except(comparison.Removed);
            if (!ReferenceEquals(left, owned.Fields))
                managed.Set(owner, owned with { Fields = left });
        }
    }

    /// <summary>Takes out what the manager applied last time and not now, unless someone else owns it, or something below it.</summary>
    private static JsonNode? Prune(JsonNode? merged, FieldSet last, ManagedFieldSets managed, FieldType type)
    {
        if (last.IsEmpty)
            return merged;
        var applied = last.WithNamedFields(type);
        var all = FieldExtraction.Of(merged, type).WithNamedFields(type);

        // 1. Everything of the last time goes, with what is below it.
        var pruned = FieldRemoval.Remove(merged, applied, type);

        // 2. What someone owns comes back, also the manager's own new configuration.
        var kept = FieldExtraction.Of(pruned, type).WithNamedFields(type);
        var owned = managed.Owned.Values.Aggregate(FieldSet.Empty, (set, o) => set.Union(o.Fields)).WithNamedFields(type);
        pruned = FieldRemoval.Remove(merged, all.Except(kept.Union(owned)), type);

        // 3. So does what nobody owns but the manager did not apply either.
        kept = FieldExtraction.Of(pruned, type).WithNamedFields(type);
        return FieldRemoval.Remove(merged, all.Except(kept).Intersect(applied), type);
    }

    private static IApiObject Empty(KindInfo kind) => kind.ReadJson("{}"u8, null);

    private static JsonObject Tree(IApiObject value) => Strip(JsonTree.Of(value));

    /// <summary>A copy without what is not subject to ownership and would only be in the way.</summary>
    private static JsonObject Bare(JsonObject value) => Strip((JsonObject)value.DeepClone());

    private static JsonObject Strip(JsonObject value)
    {
        value.Remove("apiVersion");
        value.Remove("kind");
        (value["metadata"] as JsonObject)?.Remove("managedFields");
        return value;
    }

    private sealed record OwnedPath(FieldOwner Owner, PathElement[] Path);

    private sealed record Outcome(JsonObject Merged, ManagedFieldSets Managed, IReadOnlyList<OwnedPath> Conflicts);
}
