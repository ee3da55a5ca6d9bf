using Berth.Linux.Netlink;

namespace Berth.Linux.Tests.Netlink;

public sealed class NetlinkMessageTests
{
    [Fact]
    public void Message_WithNestedAttributes_IsAsTheKernelReadsIt()
    {
        var message = new NetlinkMessage(0x1c, 5, 1, 1).Add(2, "wg0");
        message.Nest(8, () => message.Nest(0, () => message.Add(3, 2u)));
        var attributes = new NetlinkAttributes(message.Finish(7)[20..]);
        Assert.Equal("2C0000001C000500070000000000000001010000" + "0800020077673000" + "10000880" + "0C000080" + "0800030002000000", Convert.ToHexString(message.Finish(7)));
        Assert.Equal("wg0", attributes.Text(2));
        Assert.Equal([2, 0, 0, 0], Assert.Single(attributes.List(8)).Find(3));
    }

    [Fact]
    public void Attributes_CutOff_AreLeftOut()
    {
        var attributes = new NetlinkAttributes([5, 0, 1, 0, 7, 0, 0, 0, 200, 0, 2, 0, 1]);
        Assert.Equal([7], attributes.Find(1));
        Assert.Null(attributes.Find(2));
    }

    [Fact]
    public void Family_ThatIsThere_HasANumberAndAnotherHasNone()
    {
        using var netlink = GenericNetlink.Open();
        // The controller knows itself.
        Assert.Equal((ushort)0x10, netlink.Family("nlctrl"));
        Assert.Null(netlink.Family("berth-no-such"));
    }
}
