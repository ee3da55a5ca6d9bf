using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Resources.Claims;

/// <summary>
/// Extended resources, such as <c>nvidia.com/gpu</c>, that a class of devices stands behind: a pod that asks for them gets a
/// claim of its own, made with its place. Pure.
/// </summary>
public static class ExtendedResourceClaims
{
    /// <summary>On a claim that was made for a pod's extended resources.</summary>
    public const string Annotation = "resource.kubernetes.io/extended-resource-claim";

    private const string ImplicitPrefix = "deviceclass.resource.kubernetes.io/";

    /// <summary>The class that stands behind a resource; null for none. Of several that name it, the youngest.</summary>
    public static DeviceClass? ClassOf(string resource, IEnumerable<DeviceClass> classes)
    {
        var name = resource.StartsWith(ImplicitPrefix, StringComparison.Ordinal) ? resource[ImplicitPrefix.Length..] : null;
        return classes.Where(c => c.Spec.ExtendedResourceName == resource || (name is not null && c.Metadata.Name == name))
            .OrderByDescending(c => c.Metadata.CreationTimestamp?.Value)
            .ThenBy(c => c.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    public static bool IsFor(ResourceClaim claim, Pod pod) => claim.Metadata.Annotations.GetOr(Annotation) == "true" && PodClaims.IsOwnedBy(claim, pod);

    /// <summary>The claim for a pod on a node, not named yet, and which container gets what of it; null when the pod needs none there.</summary>
    /// <param name="className">Of the class behind a resource; null where there is none, or the node counts the resource itself.</param>
    public static (ResourceClaim Claim, ApiList<ContainerExtendedResourceRequest> Mappings)? For(Pod pod, Func<string, string?> className)
    {
        var requests = new List<DeviceRequest>();
        var mappings = new List<ContainerExtendedResourceRequest>();
        var all = pod.Spec.InitContainers.Concat(pod.Spec.Containers).ToList();
        // Those that stay come first: an init container that ends can have the devices of a later one.
        foreach (var ends in new[] { false, true })
        {
            for (var i = 0; i < all.Count; i++)
            {
                var container = all[i];
                if (ends != (i < pod.Spec.InitContainers.Count && container.RestartPolicy != "Always"))
                    continue;
                foreach (var (resource, quantity) in container.Resources.Limits)
                {
                    if (quantity.Value <= 0 || !resource.Contains('/', StringComparison.Ordinal) || className(resource) is not { } device)
                        continue;
                    var lent = ends ? requests.FirstOrDefault(r => r.Exactly!.DeviceClassName == device && r.Exactly.Count >= quantity.Value) : null;
                    if (lent is null)
                    {
                        lent = new DeviceRequest
                        {
                            Name = string.Create(CultureInfo.InvariantCulture, $"container-{i}-request-{mappings.Count(m => m.ContainerName == container.Name)}"),
                            Exactly = new ExactDeviceRequest { DeviceClassName = device, AllocationMode = "ExactCount", Count = quantity.Value },
                        };
                        requests.Add(lent);
                    }

                    mappings.Add(new ContainerExtendedResourceRequest { ContainerName = container.Name, ResourceName = resource, RequestName = lent.Name });
                }
            }
        }

        if (requests.Count == 0)
            return null;
        var claim = new ResourceClaim
        {
            Metadata = new ObjectMeta
            {
                GenerateName = pod.Metadata.Name + "-extended-resources-",
                Namespace = pod.Metadata.Namespace,
                Annotations = ApiMap.Of((Annotation, "true")),
                OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid, Controller = true }],
            },
            Spec = new ResourceClaimSpec { Devices = new DeviceClaim { Requests = requests.ToApiList() } },
        };
        return (claim, mappings.ToApiList());
    }
}
