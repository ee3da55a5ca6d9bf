using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Controllers.Namespaces;

/// <summary>What a namespace that is being deleted tells of its deletion, in the words of Kubernetes.</summary>
public static class NamespaceConditions
{
    /// <param name="failures">Refusals of lists and deletions.</param>
    /// <param name="stale">Groups and versions whose kinds could not be found out.</param>
    public static ApiList<NamespaceCondition> Of(ApiList<NamespaceCondition> known, IReadOnlyList<RemainingContent> left, IReadOnlyList<string> failures, IReadOnlyList<string> stale, DateTimeOffset now)
    {
        var content = string.Join(", ", left.Select(l => string.Create(CultureInfo.InvariantCulture, $"{Name(l)} has {l.Count} resource instances")));
        var finalizers = string.Join(", ", left.SelectMany(l => l.Finalizers).CountBy(f => f).OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} in {f.Value} resource instances")));
        NamespaceCondition[] wanted =
        [
            stale.Count > 0
                ? new() { Type = "NamespaceDeletionDiscoveryFailure", Status = "True", Reason = "DiscoveryFailed", Message = string.Create(CultureInfo.InvariantCulture, $"Discovery failed for some groups, {stale.Count} failing: unable to retrieve the complete list of server APIs: {string.Join(", ", stale.Select(s => $"{s}: stale GroupVersion discovery: {s}"))}") }
                : new() { Type = "NamespaceDeletionDiscoveryFailure", Status = "False", Reason = "ResourcesDiscovered", Message = "All resources successfully discovered" },
            new() { Type = "NamespaceDeletionGroupVersionParsingFailure", Status = "False", Reason = "ParsedGroupVersions", Message = "All legacy kube types successfully parsed" },
            failures.Count > 0
                ? new() { Type = "NamespaceDeletionContentFailure", Status = "True", Reason = "ContentDeletionFailed", Message = string.Create(CultureInfo.InvariantCulture, $"Failed to delete all resource types, {failures.Count} remaining: {string.Join(", ", failures.Order(StringComparer.Ordinal))}") }
                : new() { Type = "NamespaceDeletionContentFailure", Status = "False", Reason = "ContentDeleted", Message = "All content successfully deleted, may be waiting on finalization" },
            left.Count > 0
                ? new() { Type = "NamespaceContentRemaining", Status = "True", Reason = "SomeResourcesRemain", Message = $"Some resources are remaining: {content}" }
                : new() { Type = "NamespaceContentRemaining", Status = "False", Reason = "ContentRemoved", Message = "All content successfully removed" },
            finalizers.Length > 0
                ? new() { Type = "NamespaceFinalizersRemaining", Status = "True", Reason = "SomeFinalizersRemain", Message = $"Some content in the namespace has finalizers remaining: {finalizers}" }
                : new() { Type = "NamespaceFinalizersRemaining", Status = "False", Reason = "ContentHasNoFinalizers", Message = "All content-preserving finalizers finished" },
        ];
        return wanted.Select(w =>
        {
            var old = known.FirstOrDefault(k => k.Type == w.Type);
            return old is not null && old.Status == w.Status && old.Reason == w.Reason && old.Message == w.Message
                ? old
                : w with { LastTransitionTime = old?.Status == w.Status ? old.LastTransitionTime : now };
        }).ToApiList();
    }

    private static string Name(RemainingContent left) => left.Kind.Group.Length == 0 ? left.Kind.Plural : $"{left.Kind.Plural}.{left.Kind.Group}";
}
