using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Revisions;

/// <summary>Keeps an owner's revisions in step with its template.</summary>
/// <param name="hashLabel">Label of revisions that carries the hash of their content.</param>
public sealed class RevisionHistory(IClusterClient client, string hashLabel)
{
    // A hash has 32 bits: two collisions in a row do not happen by chance.
    private const int CollisionsMax = 8;

    /// <summary>
    /// The stored revision of the owner's template: the newest one when that has it, an earlier one renumbered when the
    /// template is back at it, or a new one.
    /// </summary>
    /// <param name="sorted">The owner's revisions, by <see cref="TemplateRevision.Sort"/>.</param>
    public async Task<RevisionState> SyncAsync(IApiObject owner, PodTemplateSpec template, IReadOnlyList<ControllerRevision> sorted, int? collisions, CancellationToken ct)
    {
        var next = sorted.Count == 0 ? 1 : sorted[^1].Revision + 1;
        var equal = sorted.LastOrDefault(r => TemplateRevision.TemplateOf(r).Equals(template));
        if (equal is not null)
        {
            if (equal.Metadata.Name == sorted[^1].Metadata.Name)
                return new(equal, sorted, collisions);
            var renumbered = await client.UpdateAsync(equal with { Revision = next }, null, ct).ConfigureAwait(false);
            return new(renumbered, TemplateRevision.Sort(sorted.Where(r => r.Metadata.Name != renumbered.Metadata.Name).Append(renumbered)), collisions);
        }

        for (var attempt = 0; ; attempt++)
        {
            var made = TemplateRevision.Make(owner, template, next, collisions, hashLabel);
            try
            {
                var created = await client.CreateAsync(made, null, ct).ConfigureAwait(false);
                return new(created, [.. sorted, created], collisions);
            }
            catch (ApiException e) when (e.IsAlreadyExists && attempt < CollisionsMax)
            {
                var existing = await client.GetAsync<ControllerRevision>(made.Metadata.Namespace, made.Metadata.Name, null, ct).ConfigureAwait(false);
                // Ours, which the cache does not show yet.
                if (ControllerRefs.IsControlledBy(existing, owner) && TemplateRevision.TemplateOf(existing).Equals(template))
                    return new(existing, TemplateRevision.Sort(sorted.Append(existing)), collisions);
                collisions = (collisions ?? 0) + 1;
            }
        }
    }

    public async Task DeleteAsync(ControllerRevision revision, CancellationToken ct)
    {
        try
        {
            await client.DeleteAsync<ControllerRevision>(revision.Metadata.Namespace, revision.Metadata.Name, null, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone is what it should be.
        }
    }
}

/// <param name="Current">The revision of the template.</param>
/// <param name="All">All of the owner's, the newest last.</param>
/// <param name="Collisions">To be kept in the owner's status.</param>
public sealed record RevisionState(ControllerRevision Current, IReadOnlyList<ControllerRevision> All, int? Collisions);
