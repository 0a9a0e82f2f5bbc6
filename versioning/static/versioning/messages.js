// A page with an anchor opens at that anchor: the message on top does not get the focus then, and
// screen readers say nothing. So it is said once more, in a live region.

const words = [...document.querySelectorAll(".syn-messages [role]")]
  .map((message) => message.textContent.trim())
  .join(" ");

if (location.hash && words) {
  const region = document.createElement("p");
  region.className = "syn-hidden";
  region.setAttribute("role", "status");
  document.body.append(region);
  setTimeout(() => {
    region.textContent = words;
  }, 200);
}
