using Berth.Api;
using Berth.Api.Selection;

namespace Berth.ApiServer.Watch;

/// <summary>Which objects of a kind a list, watch or deletecollection means. Immutable.</summary>
/// <param name="Namespace">Empty: all.</param>
/// <param name="Name">Empty: all.</param>
/// <param name="FieldOf">The value of a selectable field.</param>
public sealed record Selection(
    string Namespace, string Name, Selector Labels, FieldSelector Fields, Func<IApiObject, string, string?> FieldOf)
{
    /// <summary>True when labels and fields exclude nothing.</summary>
    public bool IsWholeScope => Labels.IsEverything && Fields.Conditions.IsEmpty && Name.Length == 0;

    /// <summary>The same without what has to look into objects.</summary>
    public Selection ByKeyAlone => IsWholeScope ? this : this with { Labels = Selector.Everything, Fields = FieldSelector.Everything };

    public bool Matches(CachedObject candidate)
    {
        if (Namespace.Length > 0 && candidate.Key.Namespace != Namespace)
            return false;
        if (Name.Length > 0 && candidate.Key.Name != Name)
            return false;
        if (!Labels.IsEverything && !Labels.Matches(candidate.Value))
            return false;
        return Fields.Conditions.IsEmpty || Fields.Matches(path => FieldOf(candidate.Value, path));
    }

    /// <summary>
    /// A change as this selection's watcher sees it: an object that comes into the selection is added, one that leaves it
    /// is deleted. Null when the watcher sees nothing.
    /// </summary>
    public (CacheEventType Type, CachedObject Object)? See(CacheEvent change)
    {
        var key = change.Object.Key;
        if ((Namespace.Length > 0 && key.Namespace != Namespace) || (Name.Length > 0 && key.Name != Name))
            return null;
        if (Labels.IsEverything && Fields.Conditions.IsEmpty)
            return (change.Type, change.Object);
        var before = change.Previous is { } previous && Matches(previous);
        if (change.Type == CacheEventType.Deleted)
            return before ? (CacheEventType.Deleted, change.Object) : null;
        var now = Matches(change.Object);
        return (before, now) switch
        {
            (false, false) => null,
            (false, true) => (CacheEventType.Added, change.Object),
            (true, true) => (CacheEventType.Modified, change.Object),
            (true, false) => (CacheEventType.Deleted, change.Previous!.At(change.Revision)),
        };
    }
}
