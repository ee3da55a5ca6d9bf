using System.Globalization;
using System.Text.Json;
using Berth.Api;

namespace Berth.Node.Devices.Drivers;

/// <summary>
/// The file by which people give devices of a machine to pods: groups, each of one kind with a rule which devices belong to
/// it. Its fields are in docs/operations/devices.md.
/// </summary>
public sealed record DeviceFile(ApiList<DeviceGroup> Groups)
{
    public static DeviceFile Empty { get; } = new(ApiList<DeviceGroup>.Empty);

    /// <param name="json">From YAML where it was YAML.</param>
    /// <exception cref="InvalidDataException">Something in it is unknown or has a wrong value; the message says what.</exception>
    public static DeviceFile Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var root = JsonElement.ParseValue(ref reader);
            if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException("it must be an object with the field groups");
            var groups = new List<DeviceGroup>();
            foreach (var field in root.EnumerateObject())
            {
                if (field.Name != "groups" || field.Value.ValueKind != JsonValueKind.Array) throw new InvalidDataException($"{field.Name}: the only field is groups, a list");
                foreach (var entry in field.Value.EnumerateArray()) groups.Add(Group(entry, groups.Count));
            }

            if (groups.GroupBy(g => g.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidDataException($"two groups have the name {twice.Key}");
            return new DeviceFile(groups.ToApiList());
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    private static DeviceGroup Group(JsonElement entry, int index)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"groups[{index}]");
        if (entry.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{where}: it must be an object");
        var group = new DeviceGroup { Name = "", Kind = DeviceKind.Character };
        foreach (var field in entry.EnumerateObject())
        {
            group = field.Name switch
            {
                "name" => group with { Name = Text(field) },
                "resource" => group with { Resource = Text(field) },
                "kind" => group with { Kind = Kind(Text(field)) },
                "paths" => group with { Paths = Texts(field) },
                "vendor" => group with { Vendor = Text(field).ToLowerInvariant() },
                "product" => group with { Product = Text(field).ToLowerInvariant() },
                "serial" => group with { Serial = Text(field) },
                "class" => group with { Class = Text(field).ToLowerInvariant() },
                "addresses" => group with { Addresses = Texts(field) },
                "virtualFunctionsOf" => group with { VirtualFunctionsOf = Texts(field) },
                _ => throw new InvalidDataException($"{where}.{field.Name}: there is no such field"),
            };
        }

        if (group.Name.Length is 0 or > 40 || !group.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') || group.Name[0] == '-' || group.Name[^1] == '-')
            throw new InvalidDataException($"{where}.name: \"{group.Name}\" must be lower-case letters, digits and '-', 40 at most");
        if (group.Resource.Length > 0 && !DevicePlugins.IsExtendedResource(group.Resource))
            throw new InvalidDataException($"{where}.resource: \"{group.Resource}\" must be an extended resource such as vendor.example/device");
        if (group.Kind is DeviceKind.Character or DeviceKind.Block ? group.Paths.IsEmpty : group.Vendor.Length == 0 && group.Addresses.IsEmpty && group.VirtualFunctionsOf.IsEmpty && group.Class.Length == 0)
            throw new InvalidDataException($"{where}: it says of no device that it belongs to the group ({(group.Kind is DeviceKind.Character or DeviceKind.Block ? "paths" : "vendor, product, class, addresses, virtualFunctionsOf")})");
        return group;

        string Text(JsonProperty field) => field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : throw new InvalidDataException($"{where}.{field.Name}: it must be a text; quote numbers");

        ApiList<string> Texts(JsonProperty field) => field.Value.ValueKind == JsonValueKind.Array && field.Value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            ? field.Value.EnumerateArray().Select(e => e.GetString()!).ToApiList()
            : throw new InvalidDataException($"{where}.{field.Name}: it must be a list of texts");

        DeviceKind Kind(string text) => text switch
        {
            "character" => DeviceKind.Character,
            "block" => DeviceKind.Block,
            "pci" => DeviceKind.Pci,
            "usb" => DeviceKind.Usb,
            _ => throw new InvalidDataException($"{where}.kind: \"{text}\" must be one of character, block, pci, usb"),
        };
    }
}
