using Berth.Api.Resource.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Devices;

/// <summary>What a claim asks for never changes; who allocates and who reserves it speaks through the status.</summary>
public sealed class ResourceClaimStrategy : SpecAndStatusStrategy<ResourceClaim>
{
    private const int ReservedForMax = 256;
    private const int ResultsMax = 32;

    public override bool HasGeneration => false;

    public override ResourceClaim Default(ResourceClaim value)
    {
        var spec = DeviceRequestRules.Default(value.Spec);
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    // Not of updates: nothing but that the spec changes can be wrong with them, and what is stored stays, whatever is thought of it today.
    public override void ValidateCreate(ResourceClaim value, FieldErrors errors) => DeviceRequestRules.Validate(errors, FieldPath.Spec, value.Spec);

    public override void ValidateUpdate(ResourceClaim value, ResourceClaim old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec, value.Spec, old.Spec);

    public override void ValidateStatusUpdate(ResourceClaim value, ResourceClaim old, FieldErrors errors)
    {
        var path = FieldPath.Root["status"];
        var (status, before) = (value.Status, old.Status);
        DeviceRequestRules.AtMost(errors, path["reservedFor"], status.ReservedFor.Count, ReservedForMax);
        var uids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < status.ReservedFor.Count; i++)
        {
            var (consumer, at) = (status.ReservedFor[i], path["reservedFor"][i]);
            if (consumer.Resource.Length == 0)
                errors.Required(at["resource"]);
            if (consumer.Name.Length == 0)
                errors.Required(at["name"]);
            if (consumer.Uid.Length == 0)
                errors.Required(at["uid"]);
            if (!uids.Add(consumer.Uid))
                errors.Duplicate(at["uid"], consumer.Uid);
        }

        if (!status.ReservedFor.IsEmpty && status.Allocation is null)
            errors.Forbidden(path["reservedFor"], "may not be specified when `allocated` is not set");
        else if (value.Metadata.DeletionTimestamp is not null && status.ReservedFor.Any(r => !before.ReservedFor.Contains(r)))
            errors.Forbidden(path["reservedFor"], "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set");

        if (before.Allocation is not null && status.Allocation is not null)
            BasicRules.Unchanged(errors, path["allocation"], status.Allocation, before.Allocation);
        else if (status.Allocation is { } allocation)
            Allocation(errors, path["allocation"], allocation, DeviceRequestRules.ReferencesOf(value.Spec));
        Devices(errors, path["devices"], status);
    }

    protected override ResourceClaim WithoutStatus(ResourceClaim value) => value with { Status = ResourceClaimStatus.Empty };

    protected override ResourceClaim WithStatusOf(ResourceClaim value, ResourceClaim other) => value with { Status = other.Status };

    protected override ResourceClaim WithSpecOf(ResourceClaim value, ResourceClaim other)
    {
        // What the driver says of devices that are no longer allocated means nothing.
        if (value.Status.Allocation is null && other.Status.Allocation is not null)
            value = value with { Status = value.Status with { Devices = [] } };
        return value with { Spec = other.Spec };
    }

    protected override bool SameSpec(ResourceClaim value, ResourceClaim other) => value.Spec == other.Spec;

    private static void Allocation(FieldErrors errors, FieldPath path, AllocationResult allocation, HashSet<string> requests)
    {
        var results = path["devices"]["results"];
        DeviceRequestRules.AtMost(errors, results, allocation.Devices.Results.Count, ResultsMax);
        for (var i = 0; i < allocation.Devices.Results.Count; i++)
        {
            var (result, at) = (allocation.Devices.Results[i], results[i]);
            DeviceRequestRules.Reference(errors, at["request"], result.Request, requests);
            DeviceRequestRules.Driver(errors, at["driver"], result.Driver);
            DeviceRequestRules.Pool(errors, at["pool"], result.Pool);
            errors.Invalid(at["device"], result.Device, NameSyntax.DnsLabel(result.Device));
        }

        for (var i = 0; i < allocation.Devices.Config.Count; i++)
        {
            var (config, at) = (allocation.Devices.Config[i], path["devices"]["config"][i]);
            BasicRules.RequiredOneOf(errors, at["source"], config.Source, "FromClaim", "FromClass");
            DeviceRequestRules.Opaque(errors, at, config.Opaque);
        }

        if (allocation.NodeSelector is { } selector)
            SelectorRules.Node(errors, path["nodeSelector"], selector);
    }

    private static void Devices(FieldErrors errors, FieldPath path, ResourceClaimStatus status)
    {
        var allocated = (status.Allocation?.Devices.Results ?? []).Select(r => (r.Driver, r.Pool, r.Device, r.ShareID)).ToHashSet();
        var seen = new HashSet<(string, string, string, string?)>();
        for (var i = 0; i < status.Devices.Count; i++)
        {
            var device = status.Devices[i];
            var id = (device.Driver, device.Pool, device.Device, device.ShareID);
            if (!allocated.Contains(id))
                errors.Invalid(path[i], (object)$"{device.Driver}/{device.Pool}/{device.Device}", "must be an allocated device in the claim");
            if (!seen.Add(id))
                errors.Duplicate(path[i], $"{device.Driver}/{device.Pool}/{device.Device}");
        }
    }
}
