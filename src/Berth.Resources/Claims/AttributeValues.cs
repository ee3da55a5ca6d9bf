using System.Globalization;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>An attribute of a device as a set of typed values: one for a plain attribute, several for a list.</summary>
internal static class AttributeValues
{
    /// <summary>Null when the device has no such attribute.</summary>
    /// <param name="name">With its domain. An attribute that a driver gives without one is in the driver's own.</param>
    public static IReadOnlyList<string>? Of(PooledDevice device, string name)
    {
        if (!device.Spec.Attributes.TryGetValue(name, out var attribute))
        {
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || name[..slash] != device.Id.Driver || !device.Spec.Attributes.TryGetValue(name[(slash + 1)..], out attribute))
                return null;
        }

        return Of(attribute);
    }

    // The letter keeps a number from being equal to a text.
    private static List<string> Of(DeviceAttribute attribute)
    {
        var values = new List<string>();
        if (attribute.Int is { } number)
            values.Add("i" + number.ToString(CultureInfo.InvariantCulture));
        if (attribute.Bool is { } flag)
            values.Add(flag ? "b1" : "b0");
        if (attribute.String is { } text)
            values.Add("s" + text);
        if (attribute.Version is { } version)
            values.Add("v" + version);
        values.AddRange(attribute.Ints.Select(i => "i" + i.ToString(CultureInfo.InvariantCulture)));
        values.AddRange(attribute.Bools.Select(b => b ? "b1" : "b0"));
        values.AddRange(attribute.Strings.Select(s => "s" + s));
        values.AddRange(attribute.Versions.Select(v => "v" + v));
        return values;
    }
}
