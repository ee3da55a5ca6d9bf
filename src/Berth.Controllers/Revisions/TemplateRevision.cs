using System.Globalization;
using System.Text;
using System.Text.Json;
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
        var json = Encoding.UTF8.GetString(ApiJson.Serialize(template));
        var body = json.Length > 2 ? "," + json[1..] : "}";
        return RawJson.Parse("{\"spec\":{\"template\":{\"$patch\":\"replace\"" + body + "}}");
    }

    // The hash is at most ten characters; names end at 253.
    private static string Name(string prefix, string hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{(prefix.Length <= 223 ? prefix : prefix[..223])}-{hash}");
}
