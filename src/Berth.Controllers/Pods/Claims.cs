using Berth.Api;
using Berth.Api.Selection;
using Berth.Client;

namespace Berth.Controllers.Pods;

/// <summary>Adopts orphans that an owner selects and releases what it no longer selects.</summary>
/// <remarks>
/// Before the first adoption the owner is read from the server: a cached one may have been deleted and made again, and then
/// its successor, not the memory of it, is who adopts. Patches carry the object's uid, so that one that was replaced by
/// another of the same name is left alone.
/// </remarks>
public static class Claims
{
    /// <returns>The objects that are the owner's when all is done.</returns>
    /// <param name="finalizer">Set on what is adopted; empty for none.</param>
    public static async Task<IReadOnlyList<T>> ClaimAsync<TOwner, T>(
        IClusterClient client, TOwner owner, Selector selector, IEnumerable<T> candidates, string finalizer, CancellationToken ct)
        where TOwner : class, IApiObject<TOwner>
        where T : class, IApiObject<T>
    {
        var mine = new List<T>();
        bool? mayAdopt = null;
        foreach (var value in candidates)
        {
            switch (ControllerRefs.Decide(owner, selector, value))
            {
                case ClaimDecision.Keep:
                    mine.Add(value);
                    break;
                case ClaimDecision.Release:
                    await PatchAsync<T>(client, value, $$$"""{"metadata":{"uid":"{{{value.Metadata.Uid}}}","ownerReferences":[{"$patch":"delete","uid":"{{{owner.Metadata.Uid}}}"}]}}""", ct).ConfigureAwait(false);
                    break;
                case ClaimDecision.Adopt:
                    mayAdopt ??= await MayAdoptAsync(client, owner, ct).ConfigureAwait(false);
                    if (mayAdopt == true && await PatchAsync<T>(client, value, Adoption(owner, value, finalizer), ct).ConfigureAwait(false) is { } adopted)
                        mine.Add(adopted);
                    break;
                default:
                    break;
            }
        }

        return mine;
    }

    private static string Adoption(IApiObject owner, IApiObject value, string finalizer)
    {
        var reference = System.Text.Encoding.UTF8.GetString(ApiJson.Serialize(ControllerRefs.Make(owner)));
        var finalizers = finalizer.Length == 0 ? "" : $",\"finalizers\":[\"{finalizer}\"]";
        return $$$"""{"metadata":{"uid":"{{{value.Metadata.Uid}}}","ownerReferences":[{{{reference}}}]{{{finalizers}}} } }""";
    }

    private static async Task<bool> MayAdoptAsync<TOwner>(IClusterClient client, TOwner owner, CancellationToken ct)
        where TOwner : class, IApiObject<TOwner>
    {
        try
        {
            var fresh = await client.GetAsync<TOwner>(owner.Metadata.Namespace, owner.Metadata.Name, null, ct).ConfigureAwait(false);
            return fresh.Metadata.Uid == owner.Metadata.Uid && fresh.Metadata.DeletionTimestamp is null;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }

    // Null when the object is gone or is no longer the one that we saw: then there is nothing to claim.
    private static async Task<T?> PatchAsync<T>(IClusterClient client, IApiObject value, string patch, CancellationToken ct)
        where T : class, IApiObject<T>
    {
        try
        {
            return await client.PatchAsync<T>(value.Metadata.Namespace, value.Metadata.Name, Patch.Strategic(patch), null, null, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsInvalid || e.IsConflict)
        {
            return null;
        }
    }
}
