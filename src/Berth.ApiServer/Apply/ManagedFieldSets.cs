using Berth.Api;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Apply;

/// <summary>Who a managed-fields entry belongs to. An applier has one entry whatever version it applies.</summary>
internal sealed record FieldOwner(string Manager, bool Applies, string ApiVersion, string Subresource)
{
    public static FieldOwner Applier(string manager, string? subresource) => new(NameOf(manager), true, "", subresource ?? "");

    public static FieldOwner Updater(string manager, string apiVersion, string? subresource) => new(NameOf(manager), false, apiVersion, subresource ?? "");

    /// <summary>As conflicts show it.</summary>
    public override string ToString()
    {
        var text = $"\"{Manager}\"";
        if (Subresource.Length > 0)
            text += $" with subresource \"{Subresource}\"";
        return Applies ? text : $"{text} using {ApiVersion}";
    }

    private static string NameOf(string manager) => manager.Length == 0 ? "unknown" : manager;
}

/// <param name="ApiVersion">Version in which the paths are written.</param>
/// <param name="Time">When the set last changed; null when unknown.</param>
internal sealed record OwnedFields(FieldSet Fields, string ApiVersion, Time? Time)
{
    /// <summary>The entry that the set was decoded from, and the set as it was then: unchanged sets need not be printed again.</summary>
    public (FieldSet Fields, RawJson Printed)? Source { get; init; }

    public RawJson Print() => Source is { } source && ReferenceEquals(source.Fields, Fields) ? source.Printed : FieldSetJson.Print(Fields);
}

/// <summary><c>metadata.managedFields</c>, decoded.</summary>
internal sealed class ManagedFieldSets
{
    // As in Kubernetes: objects that many clients touch must not grow without end.
    private const int UpdatersMax = 10;

    private readonly Dictionary<FieldOwner, OwnedFields> _owned = [];

    public IReadOnlyDictionary<FieldOwner, OwnedFields> Owned => _owned;

    public bool IsEmpty => _owned.Count == 0;

    /// <summary>Null when an entry is malformed.</summary>
    public static ManagedFieldSets? TryDecode(ApiList<ManagedFieldsEntry> entries)
    {
        var result = new ManagedFieldSets();
        foreach (var entry in entries)
        {
            if (entry.Operation is not ("Apply" or "Update") || entry.ApiVersion.Length == 0 || entry.FieldsType != "FieldsV1")
                return null;
            try
            {
                var fields = entry.FieldsV1 is null ? FieldSet.Empty : FieldSetJson.Parse(entry.FieldsV1.Span);
                var applies = entry.Operation == "Apply";
                var owner = new FieldOwner(entry.Manager, applies, applies ? "" : entry.ApiVersion, entry.Subresource);
                result._owned[owner] = new OwnedFields(fields, entry.ApiVersion, entry.Time)
                {
                    Source = entry.FieldsV1 is null ? null : (fields, entry.FieldsV1),
                };
            }
            catch (FormatException)
            {
                return null;
            }
        }

        return result;
    }

    public OwnedFields? Get(FieldOwner owner) => _owned.GetValueOrDefault(owner);

    /// <summary>Sets what a manager owns; with nothing to own its entry goes.</summary>
    public void Set(FieldOwner owner, OwnedFields fields)
    {
        if (fields.Fields.IsEmpty)
            _owned.Remove(owner);
        else
            _owned[owner] = fields;
    }

    public ManagedFieldSets Copy()
    {
        var copy = new ManagedFieldSets();
        foreach (var (owner, fields) in _owned)
            copy._owned[owner] = fields;
        return copy;
    }

    /// <summary>Merges the oldest update entries of each version into one called <c>ancient-changes</c> until few enough are left.</summary>
    public void MergeOldestUpdates()
    {
        var updaters = _owned.Where(o => !o.Key.Applies)
            .OrderBy(o => o.Value.Time?.Value.ToUnixTimeSeconds() ?? 0)
            .ThenBy(o => o.Key.Manager, StringComparer.Ordinal)
            .ThenBy(o => o.Key.ApiVersion, StringComparer.Ordinal)
            .ThenBy(o => o.Key.Subresource, StringComparer.Ordinal)
            .ToList();
        var count = updaters.Count;
        var firstOfVersion = new Dictionary<string, FieldOwner>(StringComparer.Ordinal);
        foreach (var (owner, fields) in updaters)
        {
            if (count <= UpdatersMax)
                return;
            if (firstOfVersion.TryAdd(fields.ApiVersion, owner))
                continue;
            var bucket = FieldOwner.Updater("ancient-changes", fields.ApiVersion, null);
            if (!_owned.ContainsKey(bucket) && _owned.Remove(firstOfVersion[fields.ApiVersion], out var first))
                _owned[bucket] = first;
            var before = _owned.TryGetValue(bucket, out var old) ? old.Fields : FieldSet.Empty;

            // The bucket is as recent as the most recent update in it.
            _owned[bucket] = new OwnedFields(fields.Fields.Union(before), fields.ApiVersion, fields.Time);
            if (owner != bucket)
                _owned.Remove(owner);
            count--;
        }
    }

    public ApiList<ManagedFieldsEntry> Encode()
    {
        var entries = _owned
            .Select(o => new ManagedFieldsEntry
            {
                Manager = o.Key.Manager,
                Operation = o.Key.Applies ? "Apply" : "Update",
                ApiVersion = o.Value.ApiVersion,
                Time = o.Value.Time,
                FieldsType = "FieldsV1",
                FieldsV1 = o.Value.Print(),
                Subresource = o.Key.Subresource,
            })
            .OrderBy(e => e.Operation, StringComparer.Ordinal)
            .ThenBy(e => e.Time?.Value.ToUnixTimeSeconds() ?? 0)
            .ThenBy(e => e.Manager, StringComparer.Ordinal)
            .ThenBy(e => e.ApiVersion, StringComparer.Ordinal)
            .ThenBy(e => e.Subresource, StringComparer.Ordinal);
        return [.. entries];
    }
}
