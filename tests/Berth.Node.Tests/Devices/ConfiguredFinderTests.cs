using Berth.Api;
using Berth.Node.Devices.Drivers;

namespace Berth.Node.Tests.Devices;

public sealed class ConfiguredFinderTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "berth-devices-" + Guid.NewGuid().ToString("N")[..8]);

    public void Dispose()
    {
        if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Find_CharacterDevicesOfTheMachine_ByPattern()
    {
        var found = Find(new MachineTree(), """{"groups":[{"name":"plain","kind":"character","resource":"example.com/plain","paths":["/dev/zer*","/dev/null","/dev/none","/etc/passwd"]}]}""");
        Assert.Equal(["plain-zero", "plain-null"], found.Select(d => d.Name));
        Assert.Equal(("plain", "example.com/plain", "/dev/zero"), (found[0].Attributes["group"].String, found[0].Attributes["resource"].String, found[0].Attributes["path"].String));
        Assert.Equal(["BERTH_DEVICE_PLAIN=/dev/zero"], found[0].Edits.Environment);
    }

    [Fact]
    public void Find_VirtualFunctions_OfOnePhysicalOneWithTheirVfioGroup()
    {
        Write("sys/devices/pci0000:00/0000:3b:00.0/vendor", "0x15b3");
        Function("0000:3b:00.1", "15b3", "101e", "020000", physical: "0000:3b:00.0", iommu: "42");
        Function("0000:3b:00.2", "15b3", "101e", "020000", physical: "0000:3b:00.0", iommu: null);
        Function("0000:5e:00.1", "15b3", "101e", "020000", physical: null, iommu: null);
        Write("dev/vfio/vfio", "");
        Write("dev/vfio/42", "");
        var found = Find(new MachineTree(_root), """{"groups":[{"name":"vf","kind":"pci","class":"0200","virtualFunctionsOf":["0000:3b:00.0"]}]}""");
        Assert.Equal(["vf-0000-3b-00-1", "vf-0000-3b-00-2"], found.Select(d => d.Name));
        Assert.Equal(["/dev/vfio/vfio", "/dev/vfio/42"], found[0].Edits.Nodes.Select(n => n.Path));
        Assert.Equal(("pci0000:00", "0000:3b:00.0", "vfio-pci"), (found[0].Attributes["resource.kubernetes.io/pcieRoot"].String, found[0].Attributes["physicalFunction"].String, found[0].Attributes["driver"].String));
        Assert.Empty(found[1].Edits.Nodes);
        Assert.Null(found[0].Problem);
    }

    [Fact]
    public void Find_UsbDevice_HasThePortsNameAndTheBusNode()
    {
        Write("sys/bus/usb/devices/1-2/idVendor", "0403");
        Write("sys/bus/usb/devices/1-2/idProduct", "6001");
        Write("sys/bus/usb/devices/1-2/serial", "A1");
        Write("sys/bus/usb/devices/1-2/busnum", "1");
        Write("sys/bus/usb/devices/1-2/devnum", "7");
        Write("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "ff");
        var file = """{"groups":[{"name":"serial","kind":"usb","vendor":"0403","product":"6001"}]}""";
        Assert.Equal("/dev/bus/usb/001/007 is not there", Assert.Single(Find(new MachineTree(_root), file)).Problem);
        Write("dev/bus/usb/001/007", "");
        var found = Assert.Single(Find(new MachineTree(_root), file));
        Assert.Equal(("serial-1-2", "A1"), (found.Name, found.Attributes["serial"].String));
        Assert.Null(found.Problem);
    }

    [Theory]
    [InlineData("""{"groups":[{"name":"a","kind":"tape","paths":["/dev/x"]}]}""", "groups[0].kind: \"tape\" must be one of character, block, pci, usb")]
    [InlineData("""{"groups":[{"name":"A b","kind":"character","paths":["/dev/x"]}]}""", "groups[0].name: \"A b\" must be lower-case letters, digits and '-', 40 at most")]
    [InlineData("""{"groups":[{"name":"a","kind":"character"}]}""", "groups[0]: it says of no device that it belongs to the group (paths)")]
    [InlineData("""{"groups":[{"name":"a","kind":"usb","vendor":403}]}""", "groups[0].vendor: it must be a text; quote numbers")]
    [InlineData("""{"groups":[{"name":"a","kind":"character","paths":["/dev/x"],"color":"red"}]}""", "groups[0].color: there is no such field")]
    [InlineData("""{"devices":[]}""", "devices: the only field is groups, a list")]
    public void File_WithAMistake_SaysWhere(string json, string problem) =>
        Assert.Equal(problem, Assert.Throws<InvalidDataException>(() => DeviceFile.Read(System.Text.Encoding.UTF8.GetBytes(json))).Message);

    private static ApiList<FoundDevice> Find(MachineTree tree, string json) =>
        new ConfiguredFinder(tree, () => DeviceFile.Read(System.Text.Encoding.UTF8.GetBytes(json))).Find().Devices;

    private void Function(string address, string vendor, string product, string code, string? physical, string? iommu)
    {
        var path = $"sys/devices/pci0000:00/{address}";
        Write(path + "/vendor", "0x" + vendor);
        Write(path + "/device", "0x" + product);
        Write(path + "/class", "0x" + code);
        Link($"sys/bus/pci/devices/{address}", $"../../../devices/pci0000:00/{address}");
        if (physical is not null) Link(path + "/physfn", "../" + physical);
        if (iommu is null) return;
        Directory.CreateDirectory(Path.Combine(_root, $"sys/kernel/iommu_groups/{iommu}"));
        Directory.CreateDirectory(Path.Combine(_root, "sys/bus/pci/drivers/vfio-pci"));
        Link(path + "/iommu_group", $"../../../kernel/iommu_groups/{iommu}");
        Link(path + "/driver", "../../../bus/pci/drivers/vfio-pci");
    }

    private void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
        Directory.CreateSymbolicLink(Path.Combine(_root, path), target);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, path))!);
        File.WriteAllText(Path.Combine(_root, path), text);
    }
}
