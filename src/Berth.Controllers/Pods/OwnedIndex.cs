using Berth.Api;
using Berth.Client.Informers;

namespace Berth.Controllers.Pods;

/// <summary>Files objects under the uid of their controller, and orphans under their namespace, so that an owner finds both without looking at others.</summary>
public static class OwnedIndex
{
    private const string Name = "controller";

    /// <summary>Adds the index; may be called by each controller that needs it.</summary>
    public static void AddTo<T>(InformerCache<T> cache)
        where T : class, IApiObject<T> => cache.AddIndex(Name, static o => [ControllerRefs.Of(o)?.Uid ?? "/" + o.Metadata.Namespace]);

    public static IReadOnlyList<T> OwnedBy<T>(InformerCache<T> cache, string uid)
        where T : class, IApiObject<T> => cache.ByIndex(Name, uid);

    /// <summary>What an owner owns or could adopt.</summary>
    public static IEnumerable<T> Candidates<T>(InformerCache<T> cache, IApiObject owner)
        where T : class, IApiObject<T> =>
        OwnedBy(cache, owner.Metadata.Uid).Concat(cache.ByIndex(Name, "/" + owner.Metadata.Namespace));
}
