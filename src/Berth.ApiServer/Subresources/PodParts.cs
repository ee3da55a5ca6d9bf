using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Subresources;

/// <summary>What the subresources of a pod that show it whole may change of it.</summary>
internal static class PodParts
{
    /// <summary><c>ephemeralcontainers</c>: containers for debugging can be added, never changed or taken away.</summary>
    public static Pod WithEphemeralContainers(Pod asked, Pod old)
    {
        var errors = new FieldErrors();
        if (old.Status.Phase is "Succeeded" or "Failed")
            errors.Forbidden("spec.ephemeralContainers", "ephemeral containers may not be added to a terminated pod");
        foreach (var existing in old.Spec.EphemeralContainers)
        {
            var now = asked.Spec.EphemeralContainers.FirstOrDefault(c => c.Name == existing.Name);
            if (now is null)
                errors.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{existing.Name}\" may not be removed");
            else if (now != existing)
                errors.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{existing.Name}\" may not be changed");
        }

        if (!errors.IsEmpty)
            throw ApiStatusException.Invalid(Pod.Kind, old.Metadata.Name, errors);
        return Identified(asked, old with { Spec = old.Spec with { EphemeralContainers = asked.Spec.EphemeralContainers } });
    }

    /// <summary><c>resize</c>: requests and limits of the containers.</summary>
    public static Pod WithResources(Pod asked, Pod old)
    {
        var errors = new FieldErrors();
        if (PodResizeRules.SameContainers(errors, asked, old))
        {
            var resized = PodDefaults.Of(old with
            {
                Spec = old.Spec with
                {
                    Containers = Resized(old.Spec.Containers, asked.Spec.Containers),
                    InitContainers = Resized(old.Spec.InitContainers, asked.Spec.InitContainers),
                    Resources = asked.Spec.Resources,
                },
            });
            PodResizeRules.Validate(errors, resized, old);
            if (errors.IsEmpty)
                return Identified(asked, resized);
        }

        throw ApiStatusException.Invalid(Pod.Kind, old.Metadata.Name, errors);
    }

    /// <summary>With what the client says about which object, and which version of it, it means.</summary>
    public static T Identified<T>(T asked, T value)
        where T : class, IApiObject<T> =>
        value.WithMetadata(value.Metadata with { Name = asked.Metadata.Name, Uid = asked.Metadata.Uid, ResourceVersion = asked.Metadata.ResourceVersion });

    private static ApiList<Container> Resized(ApiList<Container> has, ApiList<Container> wants)
    {
        var i = 0;
        return has.Map(c =>
        {
            var wanted = wants[i++];
            return c with { Resources = wanted.Resources, ResizePolicy = wanted.ResizePolicy };
        });
    }
}
