using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Node.Devices.Drivers;

/// <summary>Attributes of devices in the forms that the API takes.</summary>
internal static class Attributes
{
    // As the API limits texts.
    private const int TextMax = 64;

    public static KeyValuePair<string, DeviceAttribute> Text(string name, string value) =>
        KeyValuePair.Create(name, new DeviceAttribute { String = value.Length > TextMax ? value[..TextMax] : value });

    public static KeyValuePair<string, DeviceAttribute> Number(string name, long value) => KeyValuePair.Create(name, new DeviceAttribute { Int = value });

    /// <summary>A semantic version of a looser one: 535.104.05 is 535.104.5, 9.0 is 9.0.0.</summary>
    public static KeyValuePair<string, DeviceAttribute> Version(string name, string value)
    {
        var parts = value.Split('.').Take(3).Select(p => p.All(char.IsAsciiDigit) && p.TrimStart('0') is { Length: > 0 } digits ? digits : "0");
        return KeyValuePair.Create(name, new DeviceAttribute { Version = string.Join('.', parts.Concat(["0", "0"]).Take(3)) });
    }

    public static DeviceCapacity Bytes(long bytes) => new() { Value = Quantity.FromBytes(bytes) };
}
