using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Selection;

namespace Berth.Controllers.Pods;

/// <summary>The one owner reference of an object that has <c>controller: true</c>, and what follows from it.</summary>
public static class ControllerRefs
{
    public static OwnerReference? Of(IApiObject value)
    {
        foreach (var reference in value.Metadata.OwnerReferences)
        {
            if (reference.Controller == true)
                return reference;
        }

        return null;
    }

    public static OwnerReference Make(IApiObject owner) => new()
    {
        ApiVersion = owner.KindInfo.ApiVersion,
        Kind = owner.KindInfo.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    public static bool IsControlledBy(IApiObject value, IApiObject owner) => Of(value) is { } reference && reference.Uid == owner.Metadata.Uid;

    /// <summary>What an owner that selects objects does with one of them.</summary>
    public static ClaimDecision Decide(IApiObject owner, Selector selector, IApiObject value)
    {
        var ownerGoes = owner.Metadata.DeletionTimestamp is not null;
        if (Of(value) is { } reference)
        {
            if (reference.Uid != owner.Metadata.Uid)
                return ClaimDecision.Ignore;
            if (selector.Matches(value))
                return ClaimDecision.Keep;
            return ownerGoes ? ClaimDecision.Ignore : ClaimDecision.Release;
        }

        // An empty selector never adopts: it would take every orphan of the namespace.
        var adopts = !ownerGoes && value.Metadata.DeletionTimestamp is null && !selector.IsEverything && selector.Matches(value);
        return adopts ? ClaimDecision.Adopt : ClaimDecision.Ignore;
    }
}
