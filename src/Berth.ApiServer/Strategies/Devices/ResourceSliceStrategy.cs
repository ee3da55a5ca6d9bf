using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Devices;

public sealed class ResourceSliceStrategy(TimeProvider time) : ResourceStrategy<ResourceSlice>
{
    private const int DevicesMax = 128;
    private const int DetailsMax = 32;

    public override IReadOnlyDictionary<string, Func<ResourceSlice, string>> SelectableFields { get; } = new Dictionary<string, Func<ResourceSlice, string>>
    {
        ["spec.nodeName"] = s => s.Spec.NodeName ?? "",
        ["spec.driver"] = s => s.Spec.Driver,
    };

    public override ResourceSlice Default(ResourceSlice value)
    {
        if (!value.Spec.Devices.Any(d => d.Taints.Any(t => t.TimeAdded is null)))
            return value;
        var now = time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        return value with
        {
            Spec = value.Spec with
            {
                Devices = value.Spec.Devices.Select(d => d with
                {
                    Taints = d.Taints.Select(t => t.TimeAdded is null ? t with { TimeAdded = now } : t).ToApiList(),
                }).ToApiList(),
            },
        };
    }

    public override void Validate(ResourceSlice value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        DeviceRequestRules.Driver(errors, path["driver"], spec.Driver);
        DeviceRequestRules.Pool(errors, path["pool"]["name"], spec.Pool.Name);
        if (spec.Pool.ResourceSliceCount <= 0)
            errors.Invalid(path["pool"]["resourceSliceCount"], (object)spec.Pool.ResourceSliceCount, "must be greater than zero");
        BasicRules.NonNegative(errors, path["pool"]["generation"], spec.Pool.Generation);
        Placement(errors, path, spec);
        DeviceRequestRules.AtMost(errors, path["devices"], spec.Devices.Count, DevicesMax);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.Devices.Count; i++)
        {
            var (device, at) = (spec.Devices[i], path["devices"][i]);
            errors.Invalid(at["name"], device.Name, NameSyntax.DnsLabel(device.Name));
            if (!names.Add(device.Name))
                errors.Duplicate(at["name"], device.Name);
            Details(errors, at, device);
        }
    }

    public override void ValidateUpdate(ResourceSlice value, ResourceSlice old, FieldErrors errors)
    {
        BasicRules.Unchanged(errors, FieldPath.Spec["driver"], value.Spec.Driver, old.Spec.Driver);
        BasicRules.Unchanged(errors, FieldPath.Spec["pool"]["name"], value.Spec.Pool.Name, old.Spec.Pool.Name);
        BasicRules.Unchanged(errors, FieldPath.Spec["nodeName"], value.Spec.NodeName, old.Spec.NodeName);
    }

    private static void Placement(FieldErrors errors, FieldPath path, ResourceSliceSpec spec)
    {
        const string OneOf = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
        var set = (spec.NodeName is not null ? 1 : 0) + (spec.NodeSelector is not null ? 1 : 0) + (spec.AllNodes == true ? 1 : 0) + (spec.PerDeviceNodeSelection == true ? 1 : 0);
        if (set == 0)
            errors.Required(path, OneOf);
        else if (set > 1)
            errors.InvalidStruct(path, OneOf + ", but multiple fields are set");
        if (spec.NodeName is { } name)
            errors.Invalid(path["nodeName"], name, NameSyntax.DnsSubdomain(name));
        if (spec.NodeSelector is not { } selector)
            return;
        SelectorRules.Node(errors, path["nodeSelector"], selector);
        if (selector.NodeSelectorTerms.Count != 1)
            errors.InvalidStruct(path["nodeSelector"]["nodeSelectorTerms"], "must have exactly one node selector term");
    }

    private static void Details(FieldErrors errors, FieldPath path, Device device)
    {
        if (device.Attributes.Count + device.Capacity.Count > DetailsMax)
            errors.InvalidStruct(path, $"the total number of attributes and capacities must not exceed {DetailsMax}");
        foreach (var (name, attribute) in device.Attributes)
        {
            var set = (attribute.Int is not null ? 1 : 0) + (attribute.Bool is not null ? 1 : 0) + (attribute.String is not null ? 1 : 0) + (attribute.Version is not null ? 1 : 0)
                + (attribute.Ints.IsEmpty ? 0 : 1) + (attribute.Bools.IsEmpty ? 0 : 1) + (attribute.Strings.IsEmpty ? 0 : 1) + (attribute.Versions.IsEmpty ? 0 : 1);
            if (set == 0)
                errors.Required(path["attributes"].Key(name), "exactly one value must be specified");
            else if (set > 1)
                errors.InvalidStruct(path["attributes"].Key(name), "exactly one value must be specified");
        }

        for (var i = 0; i < device.Taints.Count; i++)
        {
            var (taint, at) = (device.Taints[i], path["taints"][i]);
            errors.Invalid(at["key"], taint.Key, NameSyntax.QualifiedName(taint.Key));
            if (taint.Value.Length > 0)
                errors.Invalid(at["value"], taint.Value, NameSyntax.LabelValue(taint.Value));
            BasicRules.RequiredOneOf(errors, at["effect"], taint.Effect, "NoExecute", "NoSchedule", "None");
        }
    }
}
