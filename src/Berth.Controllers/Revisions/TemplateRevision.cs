using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Revisions;

/// <summary>
/// A pod template kept as a ControllerRevision. The data is the strategic merge patch that puts the template back, which is
/// what <c>kubectl rollout undo</c> applies and <c>rollout history</c> reads.
/// </summary>
public static class TemplateRevision
{
    /// <summary>A revision that is not yet stored.</summary>
    /// <param name="hashLabel">Label that carries the hash of the content.</param>
    public static ControllerRevision Make(IApiObject owner, PodTemplateSpec template, long revision, int? collisions, string hashLabel)
    {
        var hash = TemplateHash.Of(template, collisions);
        return new ControllerRevision
        {
            Metadata = new ObjectMeta
            {
                Name = Name(owner.Metadata.Name, hash),
                Namespace = owner.Metadata.Namespace,
                Labels = template.Metadata.Labels.With(hashLabel, hash),
                Annotations = owner.Metadata.Annotations,
                OwnerReferences = [ControllerRefs.Make(owner)],
            },
            Data = Data(template),
            Revision = revision,
        };
    }

    /// <exception cref="JsonException">The revision holds no pod template.</exception>
    public static PodTemplateSpec TemplateOf(ControllerRevision revision)
    {
        if (revision.Data is not { } data)
            throw new JsonException($"the ControllerRevision {revision.Metadata.Name} has no data");
        using var document = JsonDocument.Parse(data.Memory);
        if (!document.RootElement.TryGetProperty("spec", out var spec) || !spec.TryGetProperty("template", out var template))
            throw new JsonException($"the ControllerRevision {revision.Metadata.Name} has no pod template");
        return ApiJson.Deserialize<PodTemplateSpec>(Encoding.UTF8.GetBytes(template.GetRawText()));
    }

    /// <summary>The newest last; of those with the same number the older first.</summary>
    public static IReadOnlyList<ControllerRevision> Sort(IEnumerable<ControllerRevision> revisions) =>
    [
        .. revisions
            .OrderBy(static r => r.Revision)
            .ThenBy(static r => r.Metadata.CreationTimestamp?.Value ?? DateTimeOffset.MaxValue)
            .ThenBy(static r => r.Metadata.Name, StringComparer.Ordinal),
    ];

    /// <summary>Revisions that may be forgotten: the oldest that nobody uses, beyond the limit.</summary>
    /// <param name="sorted">All of an owner's, by <see cref="Sort"/>.</param>
    public static IEnumerable<ControllerRevision> BeyondLimit(IReadOnlyList<ControllerRevision> sorted, Func<ControllerRevision, bool> isLive, int limit)
    {
        var unused = sorted.Where(r => !isLive(r)).ToList();
        return unused.Take(Math.Max(0, unused.Count - limit));
    }

    private static RawJson Data(PodTemplateSpec template)
    {
        var node = JsonNode.Parse(ApiJson.Serialize(template))!.AsObject();
        AddEmptyStructs(node);
        node["$patch"] = "replace";
        using var document = JsonDocument.Parse(new JsonObject { ["spec"] = new JsonObject { ["template"] = node } }.ToJsonString());
        return RawJson.Parse(GoJson.Write(document.RootElement));
    }

    // Go writes structs that are not behind a pointer even where they are empty.
    private static void AddEmptyStructs(JsonObject template)
    {
        template["metadata"] ??= new JsonObject();
        if (template["spec"] is not JsonObject spec)
        {
            template["spec"] = new JsonObject { ["containers"] = null };
            return;
        }

        foreach (var container in Objects(spec, "containers").Concat(Objects(spec, "initContainers")).Concat(Objects(spec, "ephemeralContainers")))
        {
            container["resources"] ??= new JsonObject();
            foreach (var variable in Objects(container, "env"))
                AddDivisor(variable["valueFrom"]);
        }

        foreach (var volume in Objects(spec, "volumes"))
        {
            foreach (var item in Objects(volume["downwardAPI"], "items").Concat(Objects(volume["projected"], "sources").SelectMany(source => Objects(source["downwardAPI"], "items"))))
                AddDivisor(item);
            if (volume["ephemeral"]?["volumeClaimTemplate"] is not JsonObject claim)
                continue;
            claim["metadata"] ??= new JsonObject();
            if (claim["spec"] is JsonObject wanted)
                wanted["resources"] ??= new JsonObject();
        }
    }

    private static void AddDivisor(JsonNode? source)
    {
        if (source?["resourceFieldRef"] is JsonObject reference)
            reference["divisor"] ??= "0";
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? parent, string list) => (parent?[list] as JsonArray)?.OfType<JsonObject>() ?? [];

    // The hash is at most ten characters; names end at 253.
    private static string Name(string prefix, string hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{(prefix.Length <= 223 ? prefix : prefix[..223])}-{hash}");
}
