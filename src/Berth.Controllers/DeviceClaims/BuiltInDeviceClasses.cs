using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;

namespace Berth.Controllers.DeviceClaims;

/// <summary>Classes of the devices that Berth's own drivers publish. Pure.</summary>
public static class BuiltInDeviceClasses
{
    private const string Gpu = "gpu.berth.dev";
    private const string Configured = "devices.berth.dev";

    /// <summary>One class for whole GPUs, one for their partitions, and one for each group of configured devices.</summary>
    public static IReadOnlyList<DeviceClass> For(IEnumerable<ResourceSlice> slices)
    {
        var classes = new SortedDictionary<string, DeviceClass>(StringComparer.Ordinal);
        foreach (var slice in slices)
        {
            foreach (var device in slice.Spec.Devices)
            {
                if (slice.Spec.Driver == Gpu)
                {
                    // Whoever sets the first GPU in a cluster to MIG mode has plain ones too, sooner or later.
                    Add(Class(Gpu, Selector(Gpu, "type", "gpu"), "nvidia.com/gpu"));
                    if (Text(device, "type") == "mig")
                        Add(Class("mig.berth.dev", Selector(Gpu, "type", "mig"), null));
                }
                else if (slice.Spec.Driver == Configured && Text(device, "group") is { } group)
                {
                    Add(Class($"{group}.{Configured}", Selector(Configured, "group", group), Text(device, "resource")));
                }
            }
        }

        return [.. classes.Values];

        void Add(DeviceClass value) => classes.TryAdd(value.Metadata.Name, value);
    }

    private static string? Text(Device device, string attribute) => device.Attributes.GetOr(attribute)?.String;

    private static string Selector(string driver, string attribute, string value) =>
        $"device.driver == \"{driver}\" && device.attributes[\"{driver}\"].{attribute} == \"{value}\"";

    private static DeviceClass Class(string name, string selector, string? resource) => new()
    {
        Metadata = new ObjectMeta { Name = name, Labels = ApiMap.Of(("app.kubernetes.io/managed-by", "berth")) },
        Spec = new DeviceClassSpec
        {
            Selectors = [new DeviceSelector { Cel = new CELDeviceSelector { Expression = selector } }],
            ExtendedResourceName = resource,
        },
    };
}
