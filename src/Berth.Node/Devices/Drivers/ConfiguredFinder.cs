using System.Globalization;
using System.IO.Enumeration;
using Berth.Api;
using Berth.Api.Resource.V1;
using Berth.Linux.Files;

namespace Berth.Node.Devices.Drivers;

/// <summary>Devices that a file names: character and block devices, PCI functions and USB devices.</summary>
/// <param name="read">Reads the file; asked at each look, so that a change of the file is seen without a restart.</param>
public sealed class ConfiguredFinder(MachineTree tree, Func<DeviceFile> read) : IDeviceFinder
{
    public const string DriverName = "devices.berth.dev";

    private const string PciDirectory = "/sys/bus/pci/devices";
    private const string UsbDirectory = "/sys/bus/usb/devices";

    public string Driver => DriverName;

    public string CdiKind => "berth.dev/device";

    public FoundDevices Find()
    {
        var devices = new List<FoundDevice>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in read().Groups)
        {
            var found = group.Kind switch
            {
                DeviceKind.Character or DeviceKind.Block => Files(group),
                DeviceKind.Pci => Functions(group),
                _ => UsbDevices(group),
            };
            // A device that two groups would have is the first one's.
            devices.AddRange(found.Where(d => names.Add(d.Key)).Select(d => d.Device));
        }

        return new FoundDevices(devices.ToApiList());
    }

    private IEnumerable<(string Key, FoundDevice Device)> Files(DeviceGroup group)
    {
        foreach (var path in group.Paths.SelectMany(Matching).Distinct(StringComparer.Ordinal))
        {
            if (FileStatus.Of(tree.Path(path)) is not { } status) continue;
            if (group.Kind == DeviceKind.Character ? !status.IsCharacterDevice : !status.IsBlockDevice) continue;
            var attributes = Common(group).Append(Attributes.Text("path", path));
            var capacity = ApiMap<DeviceCapacity>.Empty;
            if (group.Kind == DeviceKind.Block)
            {
                // Names in /dev/disk lead to the kernel's own.
                var block = Path.GetFileName(tree.Target(path) ?? path);
                if (tree.Text($"/sys/class/block/{block}/queue/rotational") is { } rotational)
                    attributes = attributes.Append(KeyValuePair.Create("rotational", new DeviceAttribute { Bool = rotational == "1" }));
                if (tree.Text($"/sys/class/block/{block}/device/model") is { Length: > 0 } model)
                    attributes = attributes.Append(Attributes.Text("model", model));
                // In sectors of 512 bytes, whatever the device's own are.
                if (long.TryParse(tree.Text($"/sys/class/block/{block}/size"), CultureInfo.InvariantCulture, out var sectors))
                    capacity = new[] { KeyValuePair.Create("size", Attributes.Bytes(sectors * 512)) }.ToApiMap();
            }

            yield return (path, new FoundDevice
            {
                Name = NameOf(group, path.StartsWith("/dev/", StringComparison.Ordinal) ? path["/dev/".Length..] : path),
                Attributes = attributes.ToApiMap(),
                Capacity = capacity,
                Edits = new CdiEdits { Nodes = [new CdiNode(path, tree.Path(path))], Environment = [Variable(group, path)] },
            });
        }
    }

    private IEnumerable<(string Key, FoundDevice Device)> Functions(DeviceGroup group)
    {
        foreach (var address in tree.Entries(PciDirectory))
        {
            var path = $"{PciDirectory}/{address}";
            var (vendor, product, code) = (Hex(path + "/vendor"), Hex(path + "/device"), Hex(path + "/class"));
            var physical = tree.Target(path + "/physfn") is { } parent ? Path.GetFileName(parent) : null;
            if ((group.Vendor.Length > 0 && vendor != group.Vendor) || (group.Product.Length > 0 && product != group.Product)
                || !code.StartsWith(group.Class, StringComparison.Ordinal)
                || (!group.Addresses.IsEmpty && !group.Addresses.Contains(address))
                || (!group.VirtualFunctionsOf.IsEmpty && (physical is null || !(group.VirtualFunctionsOf.Contains(physical) || group.VirtualFunctionsOf.Contains("*")))))
                continue;
            var attributes = Common(group).Concat([Attributes.Text("vendor", vendor), Attributes.Text("product", product), Attributes.Text("class", code)]).Concat(tree.PciAttributes(address));
            if (physical is not null) attributes = attributes.Append(Attributes.Text("physicalFunction", physical));
            if (tree.Entries(path + "/net").FirstOrDefault() is { } network) attributes = attributes.Append(Attributes.Text("interface", network));
            var driver = tree.Target(path + "/driver") is { } bound ? Path.GetFileName(bound) : "";
            if (driver.Length > 0) attributes = attributes.Append(Attributes.Text("driver", driver));
            var nodes = new List<CdiNode>();
            string? problem = null;
            // Given to a process in user space by its IOMMU group.
            if (driver == "vfio-pci")
            {
                if (tree.Target(path + "/iommu_group") is { } iommu)
                {
                    foreach (var node in (string[])["/dev/vfio/vfio", "/dev/vfio/" + Path.GetFileName(iommu)]) nodes.Add(new CdiNode(node, tree.Path(node)));
                    problem = nodes.Where(n => !tree.Exists(n.Path)).Select(n => $"{n.Path} is not there").FirstOrDefault();
                }
                else
                {
                    problem = "it is bound to vfio-pci and has no IOMMU group";
                }
            }

            yield return (path, new FoundDevice
            {
                Name = NameOf(group, address),
                Attributes = attributes.ToApiMap(),
                Edits = new CdiEdits { Nodes = nodes.ToApiList(), Environment = [Variable(group, address)] },
                Problem = problem,
            });
        }
    }

    private IEnumerable<(string Key, FoundDevice Device)> UsbDevices(DeviceGroup group)
    {
        foreach (var port in tree.Entries(UsbDirectory))
        {
            var path = $"{UsbDirectory}/{port}";
            // Interfaces of devices are entries too, without these files.
            if (tree.Text(path + "/idVendor") is not { } vendor || tree.Text(path + "/idProduct") is not { } product) continue;
            var serial = tree.Text(path + "/serial") ?? "";
            if ((group.Vendor.Length > 0 && vendor != group.Vendor) || (group.Product.Length > 0 && product != group.Product) || (group.Serial.Length > 0 && serial != group.Serial)
                || (!group.Addresses.IsEmpty && !group.Addresses.Contains(port)))
                continue;
            if (!int.TryParse(tree.Text(path + "/busnum"), CultureInfo.InvariantCulture, out var bus) || !int.TryParse(tree.Text(path + "/devnum"), CultureInfo.InvariantCulture, out var number)) continue;
            var node = string.Create(CultureInfo.InvariantCulture, $"/dev/bus/usb/{bus:D3}/{number:D3}");
            var attributes = Common(group).Concat([Attributes.Text("vendor", vendor), Attributes.Text("product", product), Attributes.Text("port", port)]);
            if (serial.Length > 0) attributes = attributes.Append(Attributes.Text("serial", serial));
            yield return (path, new FoundDevice
            {
                // By its port: plugged in again it has another number, and is still the same to those who wait for it.
                Name = NameOf(group, port),
                Attributes = attributes.ToApiMap(),
                Edits = new CdiEdits { Nodes = [new CdiNode(node, tree.Path(node))], Environment = [Variable(group, node)] },
                Problem = tree.Exists(node) ? null : $"{node} is not there",
            });
        }
    }

    private static IEnumerable<KeyValuePair<string, DeviceAttribute>> Common(DeviceGroup group)
    {
        yield return Attributes.Text("group", group.Name);
        if (group.Resource.Length > 0) yield return Attributes.Text("resource", group.Resource);
    }

    private string Hex(string path) => (tree.Text(path) ?? "") is var text && text.StartsWith("0x", StringComparison.Ordinal) ? text[2..].ToLowerInvariant() : text;

    // A container with several of a group finds the last one's here, and all of them in /dev.
    private static string Variable(DeviceGroup group, string what) => $"BERTH_DEVICE_{group.Name.ToUpperInvariant().Replace('-', '_')}={what}";

    /// <summary>A DNS label of the group and what the machine calls the device; made short by a hash where it is long.</summary>
    private static string NameOf(DeviceGroup group, string what)
    {
        var name = $"{group.Name}-{new string([.. what.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).Trim('-')}";
        if (name.Length <= 63 && what.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '/' or '.' or ':')) return name;
        // Letters that a label cannot have would make two devices one.
        var hash = 2166136261u;
        foreach (var letter in what) hash = (hash ^ letter) * 16777619u;
        return $"{(name.Length > 54 ? name[..54].TrimEnd('-') : name)}-{hash:x8}";
    }

    private IEnumerable<string> Matching(string pattern)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal)) return tree.Exists(pattern) ? [pattern] : [];
        var slash = pattern.LastIndexOf('/');
        var directory = pattern[..slash];
        return tree.Entries(directory).Where(e => FileSystemName.MatchesSimpleExpression(pattern.AsSpan(slash + 1), e, ignoreCase: false)).Select(e => $"{directory}/{e}");
    }
}
